import * as access from './access.ts'
import * as activity from './activity.ts'
import * as admin from './admin.ts'
import * as agent from './agent.ts'
import * as apiTokens from './api-tokens.ts'
import * as auth from './auth.ts'
import * as cli from './cli.ts'
import * as console from './console.ts'
import * as events from './events.ts'
import * as github from './github.ts'
import * as health from './health.ts'
import * as hostFiles from './host-files.ts'
import * as install from './install.ts'
import * as instances from './instances.ts'
import * as inventory from './inventory.ts'
import * as mail from './mail.ts'
import * as mfa from './mfa.ts'
import * as migrations from './migrations.ts'
import * as network from './network.ts'
import * as nodes from './nodes.ts'
import type { Operation } from './operation.ts'
import * as prometheus from './prometheus.ts'
import * as settings from './settings.ts'
import * as audit from './audit.ts'
import * as invites from './invites.ts'
import * as members from './members.ts'
import * as organizations from './organizations.ts'
import * as sockets from './sockets.ts'
import * as ssh from './ssh.ts'
import * as sshLogin from './ssh-login.ts'
import * as system from './system.ts'
import * as terminal from './terminal.ts'
import * as support from './support.ts'
import * as templates from './templates.ts'
import * as tunnel from './tunnel.ts'
import * as users from './users.ts'
import * as workloads from './workloads.ts'

const isOperation = (value: unknown): value is Operation =>
  typeof value === 'object' && value !== null && 'schema' in value && 'method' in value && 'auth' in value

/** Every operation there is. The document, the guard test and the fuzzers are derived from it. */
export const operations: readonly Operation[] = [
  health,
  auth,
  apiTokens,
  settings,
  mfa,
  github,
  users,
  sockets,
  events,
  activity,
  mail,
  admin,
  system,
  nodes,
  hostFiles,
  inventory,
  terminal,
  install,
  network,
  tunnel,
  prometheus,
  workloads,
  support,
  templates,
  instances,
  console,
  access,
  organizations,
  members,
  invites,
  audit,
  ssh,
  sshLogin,
  cli,
  migrations,
  agent,
].flatMap((feature) => Object.values(feature).filter(isOperation))
