import type { Static } from 'typebox'
import type { HistoryQuery, InstanceHistory } from '#contract/metrics'
import type { Audit } from '#server/audit'
import type { Clock } from '#server/clock'
import type { Db } from '#server/db/schema'
import type { Publish } from '#server/events'
import type { Log } from '#server/log'
import type { Tasks } from '#server/tasks'
import type { Agents } from '#server/tunnel/agents'

/** What servers need of the rest of the house. */
export type Deps = {
  db: Db
  clock: Clock
  log: Log
  audit: Audit
  tasks: Tasks
  publish: Publish
  agents: Agents
  /** False once a machine has been away for longer than a reconnect takes. */
  isOnline: (nodeId: string) => boolean
  /** Closes the open consoles of a server. */
  closeSockets: (instanceId: string) => void
  /** Has them opened again, where it is now. */
  reopenSockets: (instanceId: string) => void
  /** Its metrics, from the time series. */
  history: (instanceId: string, query: Static<typeof HistoryQuery>) => InstanceHistory
  forgetSeries: (instanceId: string) => void
}
