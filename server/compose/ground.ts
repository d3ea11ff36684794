import type { Logger } from 'pino'
import type { Audit } from '#server/audit'
import type { Clock } from '#server/clock'
import type { Config } from '#server/config'
import type { OpenDb } from '#server/db/open'
import type { Metrics } from '#server/db/metrics'
import type { Seal } from '#server/db/seal'
import type { Db } from '#server/db/schema'
import type { Publish } from '#server/events'
import type { MigrationTimes } from '#server/features/migrations/deps'
import type { OutboxTimes } from '#server/features/mail/outbox'
import type { MailTimes } from '#server/features/mail/transport'
import type { createFastify } from '#server/http/fastify'
import type { SocketRegistry } from '#server/http/sockets'
import type { Tickets } from '#server/http/tickets'
import type { Tasks } from '#server/tasks'
import type { TunnelTimes } from '#server/tunnel/session'

/** What the app is built from. */
export type AppDeps = {
  config: Config
  clock: Clock
  log: Logger
  control: OpenDb
  /** The second database: what was measured. */
  metrics: Metrics
  seal: Seal
  /** What the secrets are sealed with; a backup holds it where that is wanted. */
  masterKey: Buffer
  /** The code that a first set-up from another machine must know. */
  bootstrapCode: string
  /** After the first administrator exists. */
  onBootstrap: (organizationId: string) => Promise<void>
  /** The port we listen on, once we do. */
  port: () => number
  jobsAreFine: () => boolean
  /** Shorter ones for tests. */
  tunnelTimes?: Partial<TunnelTimes> | undefined
  mailTimes?: Partial<MailTimes & OutboxTimes> | undefined
  migrationTimes?: Partial<MigrationTimes> | undefined
  /** Compile every schema now, so that a test sees one that does not. */
  eager?: boolean
}

/** What every area stands on. */
export type Ground = {
  deps: AppDeps
  db: Db
  startedAt: number
  sockets: SocketRegistry
  tickets: Tickets
  audit: Audit
  tasks: Tasks
  publish: Publish
  /** The address that only we ourselves are sure to reach. */
  ownUrl: () => string
  /** The address that people are given. */
  baseUrl: () => string
}

export type Server = ReturnType<typeof createFastify>

export const MINUTE = 60_000
export const HOUR = 3600_000
