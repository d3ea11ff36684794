import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { closeCodes } from '#contract/sockets'
import { listTerminalSessions, MAX_TERMINALS } from '#contract/terminal'
import { type Audit, byCaller } from '#server/audit'
import { type Clock, isoNow } from '#server/clock'
import { inTransaction } from '#server/db/open'
import type { Db } from '#server/db/schema'
import { notFound, tooMany } from '#server/errors'
import type { Publish } from '#server/events'
import type { Caller } from '#server/http/caller'
import type { SocketRegistry } from '#server/http/sockets'
import { newId } from '#server/ids'
import type { Log } from '#server/log'
import { openRecording } from './recording.ts'
import { createTerminalSession, type TerminalSession } from './session.ts'
import type { OpenSource, TerminalEnd, TerminalSize } from './source.ts'
import * as store from './store.ts'

export type TerminalNode = { id: string; organization_id: string; name: string; records_terminals: boolean }
type Deps = {
  db: Db
  clock: Clock
  log: Log
  audit: Audit
  publish: Publish
  /** Where recordings lie. */
  folder: string
  hold: SocketRegistry['hold']
}
type Opening = {
  caller: Caller
  node: TerminalNode
  kind: store.TerminalKind
  /** Whom the shell runs as. */
  login: string
  size: TerminalSize
  /** Must tell nothing before it has answered. */
  source: OpenSource
  /** Beyond the permission, asked again when rights change. */
  isAllowed?: (caller: Caller) => boolean
}
type Entry = {
  session: TerminalSession
  user_id: string
  node_id: string
  kind: store.TerminalKind
  closed: Promise<void>
}

const permissions = { terminal: 'nodes.terminal', ssh: 'nodes.ssh.login' } as const

/** The shells that people have open on machines: who, where, for how long; they end with the right to them. */
export function createTerminalSessions({ db, clock, log, audit, publish, folder, hold }: Deps) {
  const open = new Map<string, Entry>()
  const beginning = new Set<string>()

  const changed = (node: TerminalNode) =>
    publish({
      organization_id: node.organization_id,
      kind: 'terminal.changed',
      subject: { type: 'node', id: node.id },
      stale: [{ operation: listTerminalSessions, id: node.id }],
    })

  /** Refuses a person who has as many open there as one may. */
  function assertRoom(caller: Caller, nodeId: string): void {
    const mine = [...open.values()].filter(
      (entry) => entry.user_id === caller.user_id && entry.node_id === nodeId && !entry.session.isOver(),
    )
    if (mine.length < MAX_TERMINALS) return
    throw tooMany(
      'too_many_terminals',
      `You have ${MAX_TERMINALS} terminals open on this machine already. Close one of them first.`,
    )
  }

  async function recordingFor({ caller, node, size }: Opening, id: string) {
    if (!node.records_terminals) return undefined
    return openRecording({
      clock,
      size,
      file: join(folder, `${id}.cast`),
      title: `${caller.email} on ${node.name}`,
      onError: (error) => log.error({ err: error, session_id: id }, 'a terminal is not recorded any more'),
    })
  }

  return {
    assertRoom,

    /** Begins a session over a shell that runs already. */
    async begin(opening: Opening): Promise<TerminalSession> {
      const { caller, node, kind, login, source } = opening
      assertRoom(caller, node.id)
      const id = newId(clock.now())
      const begunAt = clock.now()
      beginning.add(id)
      const recording = await recordingFor(opening, id)
      const about = { ...byCaller(caller), subject: { type: 'node', id: node.id, name: node.name } }
      await inTransaction(db, async (db) => {
        await store.insertSession(db, {
          id,
          organization_id: node.organization_id,
          node_id: node.id,
          kind,
          user_id: caller.user_id,
          email: caller.email,
          login,
          ip: caller.ip,
          started_at: isoNow(clock),
          recording_file: recording ? `${id}.cast` : null,
        })
        await audit(db, {
          ...about,
          action: `${kind}.opened`,
          details: { session_id: id, login, is_recorded: recording !== undefined },
        })
      }).catch(async (error: unknown) => {
        beginning.delete(id)
        await recording?.close()
        throw error
      })

      async function finish(how: TerminalEnd, at: number, bytes: number) {
        const recording_bytes = (await recording?.close()) ?? null
        await inTransaction(db, async (db) => {
          const end = { ended_at: new Date(at).toISOString(), end_reason: how.reason, bytes, recording_bytes }
          await store.endSession(db, id, end)
          await audit(db, {
            ...about,
            action: `${kind}.ended`,
            details: { session_id: id, seconds: Math.round((at - begunAt) / 1000), reason: how.reason, bytes },
          })
        })
        changed(node)
      }
      let closed = () => {}
      const entry: Omit<Entry, 'session'> = {
        user_id: caller.user_id,
        node_id: node.id,
        kind,
        closed: new Promise((resolve) => (closed = resolve)),
      }
      const session = createTerminalSession({
        clock,
        id,
        login,
        open: source,
        recording,
        onEnd: (how, at, told) =>
          void Promise.all([told, finish(how, at, session.bytes())])
            .catch((error: unknown) => log.error({ err: error, session_id: id }, 'the end of a terminal was not noted'))
            .finally(() => {
              open.delete(id)
              closed()
            }),
      })
      open.set(id, { ...entry, session })
      beginning.delete(id)
      const release = hold({
        caller,
        subject: node.id,
        permission: permissions[kind],
        isAllowed: (now) => now.organization_id === node.organization_id && opening.isAllowed?.(now) !== false,
        close(code) {
          if (code === closeCodes.notFound) session.end('closed', 'The machine was removed.')
          else if (code === closeCodes.goingAway) session.end('lost', 'The server is stopping.')
          else session.end('revoked', 'You may not be there any more.')
        },
      })
      session.onRelease(release)
      changed(node)
      return session
    },

    /** One that the caller opened before; others are told that there is none. */
    find(caller: Caller, nodeId: string, kind: store.TerminalKind, id: string): TerminalSession {
      const entry = open.get(id)
      if (
        !entry ||
        entry.user_id !== caller.user_id ||
        entry.node_id !== nodeId ||
        entry.kind !== kind ||
        entry.session.isGone()
      ) {
        throw notFound('terminal_not_found', 'This terminal has ended. Open another one.')
      }
      return entry.session
    },

    /** Ends what somebody has open through one thing, such as a certificate. */
    end(id: string, reason: TerminalEnd['reason'], detail: string | null = null): void {
      open.get(id)?.session.end(reason, detail)
    },

    /** Closes the rows of sessions that our own end cut off. Before anybody can open one. */
    async closeLost(): Promise<void> {
      for (const { id, kind, recording_file, ...row } of await store.listOpen(db)) {
        const file =
          recording_file === null ? undefined : await stat(join(folder, recording_file)).catch(() => undefined)
        const end = { ended_at: isoNow(clock), end_reason: 'lost', bytes: 0, recording_bytes: file?.size ?? null }
        await inTransaction(db, async (db) => {
          await store.endSession(db, id, end)
          await audit(db, {
            organization_id: row.organization_id,
            actor: { type: 'system', id: null, name: null },
            action: `${kind}.ended`,
            subject: { type: 'node', id: row.node_id, name: row.node_name },
            details: { session_id: id, email: row.email, reason: 'lost' },
          })
        })
      }
    },

    isOpen: (id: string): boolean => beginning.has(id) || open.has(id),

    /** Once those that were ended on a machine have ended there, as far as it can be told. */
    async settled(nodeId: string): Promise<void> {
      const ended = [...open.values()].filter((entry) => entry.node_id === nodeId && entry.session.isGone())
      await Promise.all(ended.map(({ closed }) => closed))
    },

    async close(): Promise<void> {
      const entries = [...open.values()]
      for (const { session } of entries) session.end('lost', 'The server is stopping.')
      await Promise.all(entries.map(({ closed }) => closed))
    },
  }
}
export type TerminalSessions = ReturnType<typeof createTerminalSessions>
