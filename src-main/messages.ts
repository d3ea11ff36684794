/** The words of menus, tray, dialogs and notifications. The dashboard has its own catalogue. */
const en = {
  file: 'File',
  edit: 'Edit',
  view: 'View',
  window: 'Window',
  help: 'Help',
  open: 'Open Shardlyn',
  documentation: 'API document',
  reload: 'Reload',
  quit: 'Quit Shardlyn',
  noServers: 'No servers are running',
  oneServer: '1 server is running',
  manyServers: '{count} servers are running',
  moreServers: 'and {count} more',
  state_creating: 'creating',
  state_installing: 'installing',
  state_starting: 'starting',
  state_running: 'running',
  state_stopping: 'stopping',
  state_stopped: 'stopped',
  state_error: 'crashed',
  state_migrating: 'moving',
  state_unknown: 'unknown',
  crashed: '{name} crashed',
  crashedWithoutReason: 'Open it to see its last lines.',
  quitQuestionOne: 'A server is still running on this computer',
  quitQuestionMany: '{count} servers are still running on this computer',
  quitDetail:
    '{names}\n\nThey can go on without this window; nobody can see or change them here until Shardlyn is opened again.',
  quitKeep: 'Keep them running',
  quitStop: 'Stop them and quit',
  quitCancel: 'Cancel',
  stillRunning: 'Did not stop in time: {names}',
  hiddenTitle: 'Shardlyn goes on in the background',
  hiddenDetail: 'Your servers keep running. Open Shardlyn again from its icon beside the clock.',
  updateReady: 'Shardlyn {version} is ready',
  updateDetail: 'It is installed when Shardlyn starts again. Servers keep running meanwhile.',
  updateNow: 'Restart now',
  updateLater: 'Later',
  cannotStart: 'Shardlyn cannot start',
  broke: 'Shardlyn met an error it cannot recover from',
  brokeDetail: '{reason}\n\nYour servers keep running.',
  restart: 'Restart Shardlyn',
  alreadyRunning: 'Shardlyn already runs at {url} without a window. Open that address in a browser, or stop it first.',
  portsTaken: 'Every port from {first} to {last} is taken by other programs. Set SHARDLYN_PORT to a free one.',
}
type Words = typeof en
type Key = keyof Words

const ptBr: Words = {
  file: 'Arquivo',
  edit: 'Editar',
  view: 'Exibir',
  window: 'Janela',
  help: 'Ajuda',
  open: 'Abrir o Shardlyn',
  documentation: 'Documento da API',
  reload: 'Recarregar',
  quit: 'Sair do Shardlyn',
  noServers: 'Nenhum servidor em execução',
  oneServer: '1 servidor em execução',
  manyServers: '{count} servidores em execução',
  moreServers: 'e mais {count}',
  state_creating: 'criando',
  state_installing: 'instalando',
  state_starting: 'iniciando',
  state_running: 'em execução',
  state_stopping: 'parando',
  state_stopped: 'parado',
  state_error: 'falhou',
  state_migrating: 'movendo',
  state_unknown: 'desconhecido',
  crashed: '{name} falhou',
  crashedWithoutReason: 'Abra-o para ver as últimas linhas.',
  quitQuestionOne: 'Um servidor ainda está em execução neste computador',
  quitQuestionMany: '{count} servidores ainda estão em execução neste computador',
  quitDetail:
    '{names}\n\nEles podem continuar sem esta janela; ninguém os vê nem os altera aqui até o Shardlyn ser aberto de novo.',
  quitKeep: 'Manter em execução',
  quitStop: 'Parar todos e sair',
  quitCancel: 'Cancelar',
  stillRunning: 'Não pararam a tempo: {names}',
  hiddenTitle: 'O Shardlyn continua em segundo plano',
  hiddenDetail: 'Seus servidores continuam em execução. Abra o Shardlyn de novo pelo ícone ao lado do relógio.',
  updateReady: 'O Shardlyn {version} está pronto',
  updateDetail: 'Ele é instalado quando o Shardlyn reiniciar. Os servidores continuam em execução.',
  updateNow: 'Reiniciar agora',
  updateLater: 'Depois',
  cannotStart: 'O Shardlyn não consegue iniciar',
  broke: 'O Shardlyn encontrou um erro do qual não consegue se recuperar',
  brokeDetail: '{reason}\n\nSeus servidores continuam em execução.',
  restart: 'Reiniciar o Shardlyn',
  alreadyRunning:
    'O Shardlyn já está em execução em {url}, sem janela. Abra esse endereço no navegador ou pare-o antes.',
  portsTaken:
    'Todas as portas de {first} a {last} estão em uso por outros programas. Defina SHARDLYN_PORT com uma livre.',
}

/** Says a sentence in the person's language, with its blanks filled in. */
export type Say = (key: Key, values?: Record<string, string | number>) => string

/** `locale` is the system's, such as pt-BR; whatever is not Portuguese is English. */
export function wordsFor(locale: string): Say {
  const words = /^pt\b/i.test(locale) ? ptBr : en
  return (key, values = {}) => words[key].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''))
}
