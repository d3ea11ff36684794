import type { ClientHttp2Stream } from 'node:http2'
import type { Duplex } from 'node:stream'
import { createWebSocketStream, type WebSocket } from 'ws'
import { closeCodes } from '#contract/sockets'
import { type Audit, byCaller } from '#server/audit'
import { type Clock, isoNow } from '#server/clock'
import type { Db } from '#server/db/schema'
import { tooMany } from '#server/errors'
import type { Caller } from '#server/http/caller'
import type { Log } from '#server/log'
import type { Agents } from '#server/tunnel/agents'
import { connectToSshd } from './connecting.ts'
import type { Machine } from './machine.ts'

/** Per person and machine. */
const MAX_STREAMS = 32
const UNSUPPORTED_DATA = 1003
const LOST = 1011

type Deps = { db: Db; clock: Clock; log: Log; audit: Audit; agents: Agents }
type Open = { user_id: string; organization_id: string; node_id: string; end: (code: number, reason: string) => void }
/** Whom a certificate was for; without a machine it was for all of the organization. */
export type Revoked = { user_id: string | null; organization_id: string; node_id: string | null }

/** Connections of people's own SSH clients to the sshd of a machine, byte for byte. */
export function createStreams({ db, clock, log, audit, agents }: Deps) {
  const open = new Set<Open>()
  const counts = new Map<string, number>()

  function reserve(key: string): () => void {
    const count = counts.get(key) ?? 0
    if (count >= MAX_STREAMS) {
      throw tooMany('too_many_ssh', 'You have too many SSH connections to this machine. End some first.')
    }
    counts.set(key, count + 1)
    return () => {
      const left = (counts.get(key) ?? 1) - 1
      if (left > 0) counts.set(key, left)
      else counts.delete(key)
    }
  }

  return {
    async connect(caller: Caller, { id }: Machine): Promise<Duplex> {
      const release = reserve(`${caller.user_id} ${id}`)
      try {
        const wire = await connectToSshd({ clock, agents }, id)
        wire.once('close', release)
        return wire
      } catch (error) {
        release()
        throw error
      }
    },

    /** Joins a socket with a connection until either ends. */
    async join(caller: Caller, { id, name }: Machine, socket: WebSocket, wire: Duplex): Promise<void> {
      const begun = clock.now()
      const bytes = { sent: 0, received: 0 }
      const entry: Open = {
        user_id: caller.user_id,
        organization_id: caller.organization_id,
        node_id: id,
        end(code, reason) {
          socket.close(code, reason)
          wire.destroy()
        },
      }
      open.add(entry)
      const about = { ...byCaller(caller), subject: { type: 'node', id, name } }
      socket.on('message', (_, isBinary) => {
        if (!isBinary) entry.end(UNSUPPORTED_DATA, 'only binary messages')
      })
      const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()))
      const peer = createWebSocketStream(socket)
      wire.on('data', (chunk: Buffer) => (bytes.received += chunk.length))
      peer.on('data', (chunk: Buffer) => (bytes.sent += chunk.length))
      // By hand: a pipeline would cut the socket before it could say why.
      wire.on('error', () => {})
      peer.on('error', () => {})
      peer.once('close', () => wire.destroy())
      peer.pipe(wire)
      wire.pipe(peer, { end: false })
      // An aborted stream of the tunnel also ends, but its machine did not say all; `close` comes when all was read.
      wire.once('close', () => {
        const { aborted = false, rstCode = 0 } = wire as Partial<ClientHttp2Stream>
        if (aborted || rstCode !== 0 || !wire.readableEnded) entry.end(LOST, 'the connection to the machine was lost')
        else peer.end()
      })
      wire.once('end', () => wire.end())
      try {
        await audit(db, { ...about, action: 'ssh.connected', details: { via: 'own client' } })
        await ended
        await audit(db, {
          ...about,
          action: 'ssh.disconnected',
          details: { via: 'own client', ...bytes, seconds: Math.round((clock.now() - begun) / 1000) },
          at: isoNow(clock),
        })
      } catch (error) {
        // What cannot be written down does not go on.
        log.error({ err: error, node_id: id }, 'an SSH connection could not be noted')
        entry.end(LOST, 'it could not be noted')
      } finally {
        open.delete(entry)
        wire.destroy()
      }
    },

    /**
     * Which certificate a client logged in with is not seen from here, so all connections end for which it could have been this one;
     * who holds another comes back with that.
     */
    revoked({ user_id, organization_id, node_id }: Revoked) {
      for (const entry of open) {
        if (entry.user_id !== user_id || entry.organization_id !== organization_id) continue
        if (node_id === null || entry.node_id === node_id) {
          entry.end(closeCodes.forbidden, 'certificate revoked')
        }
      }
    },
    count: () => open.size,
  }
}
export type Streams = ReturnType<typeof createStreams>
