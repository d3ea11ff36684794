import type { Duplex } from 'node:stream'
import { WebSocket } from 'ws'

const FIN_BINARY = 0x82

/** A whole WebSocket message (RFC 6455, 5.2) from server to client: not masked, so that one buffer serves every viewer. */
export function frameOf(payload: readonly Buffer[]): Buffer {
  let length = 0
  for (const part of payload) length += part.length
  const head = length < 126 ? 2 : length < 65_536 ? 4 : 10
  const frame = Buffer.allocUnsafe(head + length)
  frame[0] = FIN_BINARY
  if (head === 2) frame[1] = length
  else if (head === 4) {
    frame[1] = 126
    frame.writeUInt16BE(length, 2)
  } else {
    frame[1] = 127
    frame.writeUInt32BE(0, 2)
    frame.writeUInt32BE(length, 6)
  }
  let at = head
  for (const part of payload) at += part.copy(frame, at)
  return frame
}

/** Where a viewer's output goes; `Message` is what it can be told. */
export type Port<Message> = {
  write: (frame: Buffer) => void
  tell: (message: Message) => void
  /** Bytes that wait for the network. */
  buffered: () => number
}

/** Ready frames go straight to the connection below `ws`, which without compression writes its own at once, so none overtakes another. */
export function portOf<Message>(socket: WebSocket): Port<Message> {
  const { _socket: connection } = socket as unknown as { _socket: Duplex }
  const isOpen = () => socket.readyState === WebSocket.OPEN
  return {
    write(frame) {
      if (isOpen()) connection.write(frame)
    },
    tell(message) {
      if (isOpen()) socket.send(JSON.stringify(message))
    },
    buffered: () => socket.bufferedAmount,
  }
}
