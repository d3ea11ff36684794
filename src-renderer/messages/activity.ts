import { activityOfMachines } from './activity-machines.ts'
import { activityOfPeople } from './activity-people.ts'
import { messages } from './messages.ts'

/** How each action of the activity feed reads; the keys are the server's action keys. What is not listed is `other`. */
export const activity = messages({
  en: {
    actions: {
      audit: {
        exported: '<actor>{{actor}}</actor> exported the audit log',
      },
      support_settings: {
        updated: '<actor>{{actor}}</actor> changed the support settings',
      },
      system_backup_settings: {
        updated: '<actor>{{actor}}</actor> changed when backups are made',
      },
      log_settings: {
        updated: '<actor>{{actor}}</actor> changed the log settings',
      },
      mail_settings: {
        updated: '<actor>{{actor}}</actor> changed the mail settings',
      },
      network_settings: {
        updated: '<actor>{{actor}}</actor> changed whether the network reaches Shardlyn',
      },
      network: {
        certificate_renewed: 'The certificate for the network was renewed',
      },
      support_message: {
        created: '<actor>{{actor}}</actor> asked for help: <subject>{{subject}}</subject>',
        deleted: '<actor>{{actor}}</actor> deleted a support message',
      },
      system_backup: {
        created: '<actor>{{actor}}</actor> began a backup',
        written: 'A backup was written',
        deleted: '<actor>{{actor}}</actor> deleted a backup',
      },
      ...activityOfMachines.en,
      ...activityOfPeople.en,
      other: '<subject>{{subject}}</subject>: {{action}}',
      byOther: '<actor>{{actor}}</actor>: {{action}}, <subject>{{subject}}</subject>',
      alone: '<actor>{{actor}}</actor>: {{action}}',
      tried: '<actor>{{actor}}</actor> tried {{action}}, <subject>{{subject}}</subject>',
      triedAlone: '<actor>{{actor}}</actor> tried {{action}}',
    },
    system: 'Shardlyn',
    unnamed: 'unnamed',
    none: 'Nothing has happened yet',
    noneHelp: 'Starts, stops, crashes and changes are told here as they happen.',
    failed: 'The activity could not be loaded',
  },
  'pt-BR': {
    actions: {
      audit: {
        exported: '<actor>{{actor}}</actor> exportou a auditoria',
      },
      support_settings: {
        updated: '<actor>{{actor}}</actor> mudou os ajustes de suporte',
      },
      system_backup_settings: {
        updated: '<actor>{{actor}}</actor> mudou quando os backups são feitos',
      },
      log_settings: {
        updated: '<actor>{{actor}}</actor> mudou os ajustes de registro',
      },
      mail_settings: {
        updated: '<actor>{{actor}}</actor> mudou os ajustes de e-mail',
      },
      network_settings: {
        updated: '<actor>{{actor}}</actor> mudou se a rede alcança o Shardlyn',
      },
      network: {
        certificate_renewed: 'O certificado para a rede foi renovado',
      },
      support_message: {
        created: '<actor>{{actor}}</actor> pediu ajuda: <subject>{{subject}}</subject>',
        deleted: '<actor>{{actor}}</actor> excluiu uma mensagem de suporte',
      },
      system_backup: {
        created: '<actor>{{actor}}</actor> iniciou um backup',
        written: 'Um backup foi gravado',
        deleted: '<actor>{{actor}}</actor> excluiu um backup',
      },
      ...activityOfMachines['pt-BR'],
      ...activityOfPeople['pt-BR'],
      other: '<subject>{{subject}}</subject>: {{action}}',
      byOther: '<actor>{{actor}}</actor>: {{action}}, <subject>{{subject}}</subject>',
      alone: '<actor>{{actor}}</actor>: {{action}}',
      tried: '<actor>{{actor}}</actor> tentou {{action}}, <subject>{{subject}}</subject>',
      triedAlone: '<actor>{{actor}}</actor> tentou {{action}}',
    },
    system: 'Shardlyn',
    unnamed: 'sem nome',
    none: 'Nada aconteceu ainda',
    noneHelp: 'Inícios, paradas, quedas e mudanças são contados aqui na hora em que acontecem.',
    failed: 'Não foi possível carregar a atividade',
  },
})
