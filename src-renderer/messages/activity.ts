import { messages } from './messages.ts'

/** How each action of the activity feed reads. `{{actor}}` is a person; `bySystem` is what nobody asked for. */
export const activity = messages({
  en: {
    actions: {
      instance: {
        created: '<actor>{{actor}}</actor> deployed <subject>{{subject}}</subject>',
        installed: '<subject>{{subject}}</subject> was installed',
        install_failed: 'The installation of <subject>{{subject}}</subject> failed',
        started: '<subject>{{subject}}</subject> is running',
        stopped: '<subject>{{subject}}</subject> stopped',
        crashed: '<subject>{{subject}}</subject> crashed',
        deleted: '<actor>{{actor}}</actor> deleted <subject>{{subject}}</subject>',
      },
      other: '<subject>{{subject}}</subject>: {{action}}',
    },
    system: 'Shardlyn',
    unnamed: 'unnamed',
  },
  'pt-BR': {
    actions: {
      instance: {
        created: '<actor>{{actor}}</actor> implantou <subject>{{subject}}</subject>',
        installed: '<subject>{{subject}}</subject> foi instalado',
        install_failed: 'A instalação de <subject>{{subject}}</subject> falhou',
        started: '<subject>{{subject}}</subject> está em execução',
        stopped: '<subject>{{subject}}</subject> parou',
        crashed: '<subject>{{subject}}</subject> caiu',
        deleted: '<actor>{{actor}}</actor> excluiu <subject>{{subject}}</subject>',
      },
      other: '<subject>{{subject}}</subject>: {{action}}',
    },
    system: 'Shardlyn',
    unnamed: 'sem nome',
  },
})
