import { messages } from './messages.ts'

/** What happens with people: members, invitations, sessions, keys. */
export const activityOfPeople = messages({
  en: {
    member: {
      joined: '<actor>{{actor}}</actor> joined the organization',
      left: '<actor>{{actor}}</actor> left the organization',
      removed: '<actor>{{actor}}</actor> removed <subject>{{subject}}</subject>',
      role_changed: '<actor>{{actor}}</actor> changed the role of <subject>{{subject}}</subject>',
      granted: '<actor>{{actor}}</actor> allowed <subject>{{subject}}</subject> something',
      denied: '<actor>{{actor}}</actor> denied <subject>{{subject}}</subject> something',
      permission_removed: '<actor>{{actor}}</actor> took back a permission set for <subject>{{subject}}</subject>',
    },
    invite: {
      created: '<actor>{{actor}}</actor> made an invitation',
      revoked: '<actor>{{actor}}</actor> revoked an invitation',
    },
    organization: {
      created: '<actor>{{actor}}</actor> created the organization <subject>{{subject}}</subject>',
      updated: '<actor>{{actor}}</actor> changed the organization <subject>{{subject}}</subject>',
      transferred: '<actor>{{actor}}</actor> handed the organization over',
      deleted: '<actor>{{actor}}</actor> deleted the organization <subject>{{subject}}</subject>',
    },
    session: {
      created: '<actor>{{actor}}</actor> signed in',
      ended: '<actor>{{actor}}</actor> signed out',
      all_ended: '<actor>{{actor}}</actor> signed out everywhere',
      revoked: '<actor>{{actor}}</actor> ended another of their sessions',
      refused: 'A sign-in as <subject>{{subject}}</subject> was refused',
      second_factor_asked: '<actor>{{actor}}</actor> was asked for the second factor',
    },
    user: {
      registered: '<actor>{{actor}}</actor> made an account',
      suspended: '<actor>{{actor}}</actor> suspended <subject>{{subject}}</subject>',
      unsuspended: '<actor>{{actor}}</actor> let <subject>{{subject}}</subject> in again',
      created: '<actor>{{actor}}</actor> created the account <subject>{{subject}}</subject>',
      role_changed: '<actor>{{actor}}</actor> changed the platform role of <subject>{{subject}}</subject>',
      deleted: '<actor>{{actor}}</actor> deleted the account <subject>{{subject}}</subject>',
      reset_link_created: '<actor>{{actor}}</actor> made a link for a new password of <subject>{{subject}}</subject>',
      preferences_updated: '<actor>{{actor}}</actor> changed their preferences',
    },
    mfa: {
      enabled: '<actor>{{actor}}</actor> turned on a second factor',
      disabled: '<actor>{{actor}}</actor> turned off the second factor',
      reset: '<actor>{{actor}}</actor> took away the second factors of <subject>{{subject}}</subject>',
    },
    password: { changed: '<actor>{{actor}}</actor> changed their password' },
    api_token: {
      created: '<actor>{{actor}}</actor> made the API token <subject>{{subject}}</subject>',
      deleted: '<actor>{{actor}}</actor> revoked the API token <subject>{{subject}}</subject>',
    },
    access: { refused: '<actor>{{actor}}</actor> was not allowed <subject>{{subject}}</subject>' },
    platform: { bootstrapped: '<actor>{{actor}}</actor> set up Shardlyn' },
  },
  'pt-BR': {
    member: {
      joined: '<actor>{{actor}}</actor> entrou na organização',
      left: '<actor>{{actor}}</actor> saiu da organização',
      removed: '<actor>{{actor}}</actor> removeu <subject>{{subject}}</subject>',
      role_changed: '<actor>{{actor}}</actor> mudou o papel de <subject>{{subject}}</subject>',
      granted: '<actor>{{actor}}</actor> concedeu uma permissão a <subject>{{subject}}</subject>',
      denied: '<actor>{{actor}}</actor> negou uma permissão a <subject>{{subject}}</subject>',
      permission_removed: '<actor>{{actor}}</actor> desfez uma permissão definida para <subject>{{subject}}</subject>',
    },
    invite: {
      created: '<actor>{{actor}}</actor> criou um convite',
      revoked: '<actor>{{actor}}</actor> revogou um convite',
    },
    organization: {
      created: '<actor>{{actor}}</actor> criou a organização <subject>{{subject}}</subject>',
      updated: '<actor>{{actor}}</actor> alterou a organização <subject>{{subject}}</subject>',
      transferred: '<actor>{{actor}}</actor> passou a organização adiante',
      deleted: '<actor>{{actor}}</actor> excluiu a organização <subject>{{subject}}</subject>',
    },
    session: {
      created: '<actor>{{actor}}</actor> entrou',
      ended: '<actor>{{actor}}</actor> saiu',
      all_ended: '<actor>{{actor}}</actor> saiu em todos os lugares',
      revoked: '<actor>{{actor}}</actor> encerrou outra sessão sua',
      refused: 'Uma entrada como <subject>{{subject}}</subject> foi recusada',
      second_factor_asked: 'O segundo fator foi pedido a <actor>{{actor}}</actor>',
    },
    user: {
      registered: '<actor>{{actor}}</actor> criou uma conta',
      suspended: '<actor>{{actor}}</actor> suspendeu <subject>{{subject}}</subject>',
      unsuspended: '<actor>{{actor}}</actor> deixou <subject>{{subject}}</subject> entrar de novo',
      created: '<actor>{{actor}}</actor> criou a conta <subject>{{subject}}</subject>',
      role_changed: '<actor>{{actor}}</actor> mudou o papel de <subject>{{subject}}</subject> na plataforma',
      deleted: '<actor>{{actor}}</actor> excluiu a conta <subject>{{subject}}</subject>',
      reset_link_created:
        '<actor>{{actor}}</actor> criou um link para uma nova senha de <subject>{{subject}}</subject>',
      preferences_updated: '<actor>{{actor}}</actor> mudou as próprias preferências',
    },
    mfa: {
      enabled: '<actor>{{actor}}</actor> ativou um segundo fator',
      disabled: '<actor>{{actor}}</actor> desativou o segundo fator',
      reset: '<actor>{{actor}}</actor> retirou os segundos fatores de <subject>{{subject}}</subject>',
    },
    password: { changed: '<actor>{{actor}}</actor> trocou a própria senha' },
    api_token: {
      created: '<actor>{{actor}}</actor> criou o token de API <subject>{{subject}}</subject>',
      deleted: '<actor>{{actor}}</actor> revogou o token de API <subject>{{subject}}</subject>',
    },
    access: { refused: '<actor>{{actor}}</actor> não teve permissão para <subject>{{subject}}</subject>' },
    platform: { bootstrapped: '<actor>{{actor}}</actor> configurou o Shardlyn' },
  },
})
