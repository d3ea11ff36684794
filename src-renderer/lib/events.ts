import type { QueryClient } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import { type EventsMessage, openEvents } from '#contract/events'
import { mergeHot } from './hot.ts'
import { openSocket, type Socket, type SocketState } from './socket.ts'
import { createStaleQueue } from './stale.ts'

/** `live`: what is on screen is what is. `away` since when it was lost: values may be old. */
export type Connection = { status: 'connecting' | 'live' } | { status: 'away'; since: number; retryAt: number }

let connection: Connection = { status: 'connecting' }
let socket: Socket | undefined
const listeners = new Set<() => void>()

function become(next: Connection): void {
  connection = next
  for (const listener of listeners) listener()
}

/** The one stream of what changed. Started by the shell when somebody is signed in; returns what stops it. */
export function startEvents(client: QueryClient): () => void {
  let position: { after: number; run: string } | undefined
  const stale = createStaleQueue(client)

  const onState = (state: SocketState) => {
    if (state.status === 'open') return
    if (state.status !== 'waiting') {
      if (connection.status === 'away' || state.status === 'connecting') return
      return become({ status: 'connecting' })
    }
    become({
      status: 'away',
      since: connection.status === 'away' ? connection.since : Date.now(),
      retryAt: state.retryAt,
    })
  }

  const onMessage = (text: string | ArrayBuffer) => {
    if (typeof text !== 'string') return
    const message = JSON.parse(text) as EventsMessage
    if (message.type === 'hello') {
      // The first connection of a page missed nothing: what it shows was asked for just now.
      if (!message.resumed && position) stale.everything()
      position = { after: message.resumed && position ? position.after : message.seq, run: message.run }
      return become({ status: 'live' })
    }
    if (position) position.after = message.seq
    mergeHot(client, message)
    stale.add(message.stale)
  }

  socket = openSocket({ op: openEvents, input: () => ({ query: position ?? {} }), onMessage, onState })
  return () => {
    socket?.close()
    socket = undefined
    stale.stop()
    become({ status: 'connecting' })
  }
}

export const retryEvents = (): void => socket?.retry()

export function useConnection(): Connection {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => connection,
  )
}
