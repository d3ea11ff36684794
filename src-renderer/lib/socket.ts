import { type Input, type Operation, urlFor } from '#contract/operation'
import { closeCodes, createSocketTicket, SOCKET_PROTOCOL, TICKET_PREFIX } from '#contract/sockets'
import { ApiError, call } from './api.ts'
import { backoffMs } from './backoff.ts'

/** `waiting`: away, coming back by itself at `retryAt`. `refused`: it will not, and `code` says why. */
export type SocketState =
  | { status: 'connecting' }
  | { status: 'open' }
  | { status: 'waiting'; retryAt: number; failures: number }
  | { status: 'refused'; code: 'unauthorized' | 'forbidden' | 'not_found' }
  | { status: 'closed' }

export type SocketOptions<O extends Operation> = {
  op: O
  /** Asked again before each attempt, so that a reconnect resumes from what was seen last. */
  input: () => Input<O>
  onMessage: (message: string | ArrayBuffer) => void
  onState: (state: SocketState) => void
}

export type Socket = {
  /** False when the socket is not open; nothing is kept for later. */
  send(data: string | ArrayBufferView<ArrayBuffer>): boolean
  /** Tries at once instead of at `retryAt`. */
  retry(): void
  close(): void
}

/** A connection that stood this long counts as healthy, and the next failure starts from the shortest wait. */
const STEADY_MS = 30_000

const refusals: Record<number, 'unauthorized' | 'forbidden' | 'not_found'> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  [closeCodes.forbidden]: 'forbidden',
  [closeCodes.notFound]: 'not_found',
}

/** Opens a WebSocket of the contract with a single-use ticket and keeps it open: back-off, resume, an end when told so. */
export function openSocket<O extends Operation>({ op, input, onMessage, onState }: SocketOptions<O>): Socket {
  let socket: WebSocket | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let failures = 0
  let isDone = false
  let attempt = 0

  const finish = (state: SocketState) => {
    isDone = true
    clearTimeout(timer)
    window.removeEventListener('online', retry)
    document.removeEventListener('visibilitychange', onVisible)
    onState(state)
  }

  const wait = () => {
    const delay = backoffMs(failures++)
    onState({ status: 'waiting', retryAt: Date.now() + delay, failures })
    timer = setTimeout(connect, delay)
  }

  async function connect(): Promise<void> {
    clearTimeout(timer)
    const mine = ++attempt
    onState({ status: 'connecting' })
    const parts = input() as { params?: Record<string, unknown>; query?: Record<string, unknown> }
    let ticket: string
    try {
      const path = urlFor(op, parts.params ? { params: parts.params } : {})
      ticket = (await call(createSocketTicket, { body: { path } }, { timeoutMs: 10_000 })).ticket
    } catch (error) {
      if (isDone || mine !== attempt) return
      const refusal = error instanceof ApiError ? refusals[error.status] : undefined
      return refusal ? finish({ status: 'refused', code: refusal }) : wait()
    }
    if (isDone || mine !== attempt) return

    const address = new URL(urlFor(op, parts), location.href)
    address.protocol = address.protocol.replace('http', 'ws')
    const current = new WebSocket(address, [SOCKET_PROTOCOL, `${TICKET_PREFIX}${ticket}`])
    current.binaryType = 'arraybuffer'
    socket = current
    let openedAt: number | undefined
    current.addEventListener('open', () => {
      openedAt = Date.now()
      onState({ status: 'open' })
    })
    current.addEventListener('message', (event: MessageEvent<string | ArrayBuffer>) => {
      if (!isDone) onMessage(event.data)
    })
    current.addEventListener('close', ({ code }) => {
      if (socket === current) socket = undefined
      if (isDone || mine !== attempt) return
      const refusal = refusals[code]
      if (refusal) return finish({ status: 'refused', code: refusal })
      if (openedAt !== undefined && Date.now() - openedAt >= STEADY_MS) failures = 0
      wait()
    })
  }

  function retry(): void {
    if (isDone || socket) return
    void connect()
  }
  const onVisible = () => {
    if (document.visibilityState === 'visible') retry()
  }

  window.addEventListener('online', retry)
  document.addEventListener('visibilitychange', onVisible)
  void connect()

  return {
    send(data) {
      if (socket?.readyState !== WebSocket.OPEN) return false
      socket.send(data)
      return true
    },
    retry,
    close() {
      if (isDone) return
      finish({ status: 'closed' })
      socket?.close(1000)
    },
  }
}
