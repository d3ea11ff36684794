import { type Static, Type as T } from 'typebox'
import type { WebSocket } from 'ws'
import { agentPaths } from '#contract/agent'
import { ConsoleClientMessage, type ConsoleServerMessage, getInstallLogs, getLogHistory } from '#contract/console'
import { type Input, type Output, urlFor } from '#contract/operation'
import type { InstancePermission } from '#contract/permissions'
import { type Audit, byCaller } from '#server/audit'
import type { Clock } from '#server/clock'
import type { Db } from '#server/db/schema'
import type { Caller } from '#server/http/caller'
import type { FeedBegin } from '#server/terminal/feed'
import { portOf } from '#server/terminal/frame'
import { createListener } from '#server/terminal/listen'
import type { Wakes } from '#server/terminal/wakes'
import type { Agents } from '#server/tunnel/agents'
import { createHub, type Hub } from './hub.ts'
import { createTyping } from './typing.ts'

const POLICY_VIOLATION = 1008

type Target = { id: string; name: string; node_id: string; organization_id: string; created_by: string | null }
type Deps = {
  db: Db
  clock: Clock
  audit: Audit
  agents: Agents
  whenConnected: Wakes['whenConnected']
  /** Where a server is; throws for what the caller may not see. */
  locate: (caller: Caller, id: string, permission: InstancePermission) => Promise<Target>
}
type Begin = { from?: number; tail?: number }

const Text = T.Object(getInstallLogs.schema.response[200].properties)
const History = T.Object(getLogHistory.schema.response[200].properties)

/** A file name that every system takes, whatever the server is called. */
const fileName = (name: string) =>
  `${
    name
      .normalize('NFKD')
      .replace(/[^A-Za-z0-9._-]+/g, '-')
      .replace(/^[-.]+|[-.]+$/g, '')
      .slice(0, 60) || 'server'
  }.log`

/** The consoles and the logs of servers. What they printed stays on their machines. */
export function createConsoleService({ db, clock, audit, agents, whenConnected, locate }: Deps) {
  const hubs = new Map<string, Hub>()
  function hubOf({ id, node_id }: Target): Hub {
    const key = `${node_id} ${id}`
    let hub = hubs.get(key)
    if (!hub) {
      const source = {
        nodeId: node_id,
        pathOf: (query: FeedBegin) => urlFor({ url: agentPaths.console }, { params: { id }, query }),
      }
      hub = createHub({ agents, clock, whenConnected }, source, () => hubs.delete(key))
      hubs.set(key, hub)
    }
    return hub
  }

  const pathOf = (url: `/${string}`, id: string, query: Record<string, unknown> = {}) =>
    urlFor({ url }, { params: { id }, query })

  return {
    locate,

    /** Shows a console on a socket until it closes. `whyNot` is asked at each message and tells why it may not be typed. */
    watch(
      socket: WebSocket,
      target: Target,
      { from, tail = 0 }: Begin,
      whyNot: () => { code: string; error: string } | undefined,
    ) {
      const port = portOf<ConsoleServerMessage>(socket)
      const refuse = (code: string, error: string) => port.tell({ type: 'refused', code, error })
      const typing = createTyping({ agents }, { nodeId: target.node_id, instanceId: target.id }, refuse)
      const viewer = hubOf(target).join(port, from === undefined ? { tail } : { from })
      const allowed =
        <A>(work: (argument: A) => void) =>
        (argument: A) => {
          const why = whyNot()
          if (why) refuse(why.code, why.error)
          else work(argument)
        }
      const type = allowed(typing.type)
      const resize = allowed(typing.resize)
      socket.on(
        'message',
        createListener(ConsoleClientMessage, {
          hear(message) {
            if (message.type === 'ack') viewer.ack(message.offset)
            else if (message.type === 'input') type(message.data)
            else resize({ cols: message.cols, rows: message.rows })
          },
          refuse,
          giveUp: () => socket.close(POLICY_VIOLATION, 'too many messages that mean nothing'),
        }),
      )
      socket.on('close', viewer.leave)
    },

    async history(
      caller: Caller,
      id: string,
      query: Input<typeof getLogHistory>['query'],
    ): Promise<Output<typeof getLogHistory>> {
      const { node_id } = await locate(caller, id, 'instances.console')
      return (await agents.request(node_id, { method: 'GET', path: pathOf(agentPaths.logHistory, id, query) })).json(
        History,
      )
    },

    async installLog(
      caller: Caller,
      id: string,
      query: Input<typeof getInstallLogs>['query'],
    ): Promise<Static<typeof Text>> {
      const { node_id } = await locate(caller, id, 'instances.console')
      return (await agents.request(node_id, { method: 'GET', path: pathOf(agentPaths.installLog, id, query) })).json(
        Text,
      )
    },

    /** The kept log as a stream. */
    async download(caller: Caller, id: string) {
      const { node_id, name } = await locate(caller, id, 'instances.console')
      const enough = new AbortController()
      const { stream } = await agents.stream(node_id, {
        method: 'GET',
        path: pathOf(agentPaths.logDownload, id),
        signal: enough.signal,
      })
      return { stream, fileName: fileName(name), cancel: () => enough.abort() }
    },

    async clear(caller: Caller, id: string): Promise<void> {
      const target = await locate(caller, id, 'instances.logs.clear')
      await agents.request(target.node_id, { method: 'DELETE', path: pathOf(agentPaths.logClear, id) })
      hubs.get(`${target.node_id} ${id}`)?.forget()
      await audit(db, {
        ...byCaller(caller),
        action: 'instance.logs_cleared',
        subject: { type: 'instance', id, name: target.name },
      })
    },
  }
}
export type ConsoleService = ReturnType<typeof createConsoleService>
