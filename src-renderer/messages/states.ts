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
    notReachableSince: 'Not reachable since {{time}}',
    away: 'Its machine is not reachable; this is the last state that was heard',
    awaySince: 'Its machine is not reachable since {{time}}; this is the state as of then',
    asOf: 'as of {{time}}',
    since: 'since {{time}}',
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
    notReachableSince: 'Não acessível desde {{time}}',
    away: 'A máquina dele não está acessível; este é o último estado conhecido',
    awaySince: 'A máquina dele não está acessível desde {{time}}; este é o estado de então',
    asOf: 'às {{time}}',
    since: 'desde {{time}}',
  },
})
