import { messages } from './messages.ts'

/** Second factors: the authenticator app, passkeys and recovery codes, wherever they are set up or asked for. */
export const factors = messages({
  en: {
    code: {
      label: 'Six-digit code',
      help: 'From your authenticator app.',
      wrong: 'That code is not right, or was used already. Wait for the next one.',
      tooFast: 'Too many codes in a minute. Wait a little and try again.',
    },
    app: {
      scan: 'Scan this with your authenticator app. Any that makes six-digit codes will do.',
      qr: 'QR code with the secret for your authenticator app',
      manual: 'Or type this secret into the app',
      copySecret: 'Copy the secret',
      enterCode: 'Then enter the code that it shows',
      verify: 'Turn on',
      failed: 'The secret could not be made',
    },
    codes: {
      lead: 'Each of these lets you in once when your app or passkey is out of reach. They are shown this once only.',
      list: 'Recovery codes',
      copyAll: 'Copy',
      download: 'Download',
      print: 'Print',
      file: 'Shardlyn recovery codes for {{email}} at {{host}}',
      each: 'Each code works once. Keep them where you keep passwords, not on the phone with the app.',
      kept: 'I have kept them in a safe place',
      done: 'Done',
    },
    passkey: {
      lead: 'A passkey is your fingerprint, face, PIN or security key. Nothing needs to be typed, and no page can steal it.',
      name: 'Name',
      nameHelp: 'So that you know it again in the list.',
      add: 'Create the passkey',
      cancelled: 'The passkey was not used: it was cancelled, or took too long. Try again.',
      known: 'This device already has a passkey for your account.',
      failed: 'The browser could not use a passkey here.',
    },
  },
  'pt-BR': {
    code: {
      label: 'Código de seis dígitos',
      help: 'Do seu app autenticador.',
      wrong: 'Esse código não está certo ou já foi usado. Espere pelo próximo.',
      tooFast: 'Códigos demais em um minuto. Espere um pouco e tente de novo.',
    },
    app: {
      scan: 'Escaneie com o seu app autenticador. Serve qualquer um que gere códigos de seis dígitos.',
      qr: 'Código QR com o segredo para o seu app autenticador',
      manual: 'Ou digite este segredo no app',
      copySecret: 'Copiar o segredo',
      enterCode: 'Depois digite o código que ele mostra',
      verify: 'Ativar',
      failed: 'Não foi possível criar o segredo',
    },
    codes: {
      lead: 'Cada um deles deixa você entrar uma vez quando o app ou a chave de acesso não estiver à mão. Eles só aparecem agora.',
      list: 'Códigos de recuperação',
      copyAll: 'Copiar',
      download: 'Baixar',
      print: 'Imprimir',
      file: 'Códigos de recuperação do Shardlyn para {{email}} em {{host}}',
      each: 'Cada código funciona uma vez. Guarde-os onde guarda suas senhas, não no celular com o app.',
      kept: 'Guardei os códigos em um lugar seguro',
      done: 'Concluir',
    },
    passkey: {
      lead: 'Uma chave de acesso é a sua digital, o seu rosto, o seu PIN ou uma chave de segurança. Não é preciso digitar nada, e nenhuma página consegue roubá-la.',
      name: 'Nome',
      nameHelp: 'Para você reconhecê-la na lista.',
      add: 'Criar a chave de acesso',
      cancelled: 'A chave de acesso não foi usada: houve cancelamento ou demorou demais. Tente de novo.',
      known: 'Este dispositivo já tem uma chave de acesso para a sua conta.',
      failed: 'O navegador não conseguiu usar uma chave de acesso aqui.',
    },
  },
})
