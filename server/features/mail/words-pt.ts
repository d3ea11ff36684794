import type { Wording } from './words.ts'

const factors = {
  totp_added: 'um aplicativo autenticador foi adicionado',
  passkey_added: 'uma chave de acesso foi adicionada',
  factors_removed: 'um segundo fator foi removido',
  recovery_code_used: 'um código de recuperação foi usado para entrar',
}
const notYou = 'Se não foi você, escolha uma nova senha imediatamente e avise o administrador.'

export const portuguese: Wording = {
  alsoAsText: 'Se o botão não funcionar, abra este endereço:',
  footer: (site) => `Enviado por ${site}. Ninguém lê respostas a este e-mail.`,
  password_reset: (site, { minutes, ip }) => ({
    subject: `Escolha uma nova senha para ${site}`,
    before: [
      `Alguém pediu uma nova senha para a sua conta em ${site}. O pedido veio de ${ip}.`,
      `Se foi você, escolha uma agora. O link funciona uma única vez, dentro de ${minutes} minutos.`,
    ],
    button: 'Escolher uma nova senha',
    after: ['Se não foi você, não é preciso fazer nada: a sua senha continua a mesma.'],
  }),
  password_changed: (site, { ip }) => ({
    subject: `A sua senha de ${site} foi alterada`,
    before: [
      `A senha da sua conta em ${site} foi alterada a partir de ${ip}. Os outros dispositivos foram desconectados.`,
      notYou,
    ],
  }),
  invite: (site, { organization, invited_by, days }) => ({
    subject: `Você recebeu um convite para ${organization}`,
    before: [
      `${invited_by} convida você para a organização ${organization} em ${site}.`,
      `O convite funciona uma única vez, dentro de ${days === 1 ? 'um dia' : `${days} dias`}.`,
    ],
    button: 'Aceitar o convite',
    after: ['Se você não conhece essa pessoa, ignore este e-mail.'],
  }),
  factor_changed: (site, { what, ip }) => ({
    subject: `A sua conta em ${site}: ${factors[what]}`,
    before: [`Na sua conta em ${site}, ${factors[what]}, a partir de ${ip}.`, notYou],
  }),
  support: (site, { from, subject }) => ({
    subject: `Suporte: ${subject}`,
    before: [`${from} escreveu uma mensagem de suporte em ${site}.`],
  }),
  test: (site) => ({
    subject: `E-mail de teste de ${site}`,
    before: [`Este é um teste. ${site} consegue enviar e-mails.`],
  }),
}
