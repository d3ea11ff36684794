import { messages } from './messages.ts'

/** One word for each state, the same on every screen. */
export const states = messages({
  en: {
    instance: {
      creating: 'Creating',
      installing: 'Installing',
      starting: 'Starting',
      running: 'Running',
      stopping: 'Stopping',
      stopped: 'Stopped',
      error: 'Error',
      migrating: 'Moving',
      unknown: 'Unknown',
    },
    node: {
      healthy: 'Healthy',
      unhealthy: 'Unhealthy',
      offline: 'Offline',
      cordoned: 'Takes no new servers',
      draining: 'Emptying',
    },
    offlineSince: 'Offline since {{time}}',
  },
  'pt-BR': {
    instance: {
      creating: 'Criando',
      installing: 'Instalando',
      starting: 'Iniciando',
      running: 'Em execução',
      stopping: 'Parando',
      stopped: 'Parado',
      error: 'Erro',
      migrating: 'Movendo',
      unknown: 'Desconhecido',
    },
    node: {
      healthy: 'Saudável',
      unhealthy: 'Com problemas',
      offline: 'Offline',
      cordoned: 'Não recebe novos servidores',
      draining: 'Esvaziando',
    },
    offlineSince: 'Offline desde {{time}}',
  },
})
