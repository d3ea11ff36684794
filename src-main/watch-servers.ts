import { type EventsMessage, openEvents } from '#contract/events'
import { listInstances } from '#contract/instances'
import { listNodes } from '#contract/nodes'
import { createSocketTicket, SOCKET_PROTOCOL, TICKET_PREFIX } from '#contract/sockets'
import type { Api } from './api.ts'
import { crashesBetween, type ServerLine } from './servers.ts'

type Deps = {
  api: Api
  onChange: (servers: ServerLine[]) => void
  onCrash: (server: ServerLine) => void
  /** How long to wait before the stream is opened again. */
  retryMs?: number
  /** How long to gather events before asking once for all of them. */
  gatherMs?: number
}

export type ServerWatch = {
  list: () => readonly ServerLine[]
  /** Asks now, and answers what is true now. */
  look: () => Promise<readonly ServerLine[]>
  close: () => void
}

async function readServers({ call }: Api): Promise<ServerLine[]> {
  const local = new Set<string>()
  for (let cursor: string | undefined; ;) {
    const page = await call(listNodes, { query: { limit: 200, ...(cursor && { cursor }) } })
    for (const node of page.items) if (node.is_local) local.add(node.id)
    if (page.next_cursor === null) break
    cursor = page.next_cursor
  }
  const servers: ServerLine[] = []
  for (let cursor: string | undefined; ;) {
    const page = await call(listInstances, { query: { limit: 200, ...(cursor && { cursor }) } })
    servers.push(
      ...page.items.map(({ id, name, state, state_reason, desired_state, node_id, crash_count }) => ({
        id,
        name,
        state,
        state_reason,
        desired_state,
        node_id,
        crash_count,
        isLocal: local.has(node_id),
      })),
    )
    if (page.next_cursor === null) return servers
    cursor = page.next_cursor
  }
}

/** Keeps the list of servers current through the event stream, as the dashboard does. Fails silently until somebody can sign in. */
export function watchServers({ api, onChange, onCrash, retryMs = 5_000, gatherMs = 200 }: Deps): ServerWatch {
  let servers: ServerLine[] = []
  let hasLooked = false
  let looking: Promise<void> | undefined
  let isStale = false
  let socket: WebSocket | undefined
  let retry: NodeJS.Timeout | undefined
  let gather: NodeJS.Timeout | undefined
  let isClosed = false

  /** One look at a time; what changes meanwhile makes another one. */
  async function look(): Promise<void> {
    do {
      isStale = false
      const found = await readServers(api)
      if (isClosed) return
      const crashed = hasLooked ? crashesBetween(servers, found) : []
      servers = found
      hasLooked = true
      onChange(servers)
      crashed.forEach(onCrash)
    } while (isStale)
  }

  function lookSoon(): Promise<void> {
    isStale = true
    looking ??= look().finally(() => (looking = undefined))
    return looking
  }

  function again(): void {
    if (isClosed) return
    clearTimeout(retry)
    retry = setTimeout(() => void connect(), retryMs)
  }

  async function connect(): Promise<void> {
    try {
      // Asked first, because sign-ins are few a minute and the window needs one.
      if (!(await api.isSetUp())) return again()
      const { ticket } = await api.call(createSocketTicket, { body: { path: openEvents.url } })
      if (isClosed) return
      const address = new URL(openEvents.url, api.url)
      address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:'
      socket = new WebSocket(address, [SOCKET_PROTOCOL, `${TICKET_PREFIX}${ticket}`])
      socket.addEventListener('message', ({ data }) => {
        const message: EventsMessage = JSON.parse(String(data))
        // The first message says hello: look once, then at each event that touches a server.
        const concerns =
          message.type === 'hello' || message.stale.some(({ operation }) => operation === 'listInstances')
        if (!concerns) return
        gather ??= setTimeout(() => {
          gather = undefined
          lookSoon().catch(() => undefined)
        }, gatherMs)
      })
      socket.addEventListener('close', again)
    } catch {
      // Nobody can sign in yet, or the server is on its way out.
      again()
    }
  }

  void connect()
  return {
    list: () => servers,
    async look() {
      await lookSoon()
      return servers
    },
    close() {
      isClosed = true
      clearTimeout(retry)
      clearTimeout(gather)
      socket?.close()
    },
  }
}
