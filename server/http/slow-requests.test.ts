import { type AddressInfo, connect } from 'node:net'
import Fastify from 'fastify'
import { expect, test } from 'vitest'
import { systemClock } from '#server/clock'
import { uploadHostFile } from '#contract/host-files'
import { endSlowRequests } from './slow-requests.ts'

const WHOLE_MS = 300

/** A server with two routes that read what arrives; one of them takes bodies of any length. */
async function listening() {
  const app = Fastify()
  app.addContentTypeParser('application/octet-stream', (_request, payload, done) => done(null, payload))
  endSlowRequests(app, systemClock, WHOLE_MS)
  const handler = async (request: { body: unknown }) => {
    let size = 0
    for await (const part of request.body as AsyncIterable<Buffer>) size += part.length
    return { size }
  }
  app.put('/short', handler)
  app.put('/long', { config: { operation: uploadHostFile } }, handler)
  await app.listen({ host: '127.0.0.1', port: 0 })
  return { app, port: (app.server.address() as AddressInfo).port }
}

/** Sends a body in pieces, with pauses between them, and tells what was answered; nothing for a connection that was ended. */
async function trickle(port: number, path: string, piece: number, pieces: number): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  let answer = ''
  socket.on('data', (chunk) => (answer += String(chunk)))
  const closed = new Promise((resolve) => socket.once('close', resolve))
  socket.write(
    `PUT ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/octet-stream\r\ncontent-length: ${piece * pieces}\r\n\r\n`,
  )
  for (let i = 0; i < pieces && !socket.destroyed; i++) {
    socket.write(Buffer.alloc(piece))
    await new Promise((resolve) => setTimeout(resolve, WHOLE_MS / 4))
  }
  await closed
  return answer
}

test('a body that takes too long is not waited for, but one that may be long is, while it comes at a pace', async () => {
  const { app, port } = await listening()
  const [short, long, stalled] = await Promise.all([
    trickle(port, '/short', 1000, 12),
    trickle(port, '/long', 1000, 12),
    trickle(port, '/long', 1, 12),
  ])
  expect([short, stalled]).toEqual(['', ''])
  expect(long).toContain('{"size":12000}')
  await app.close()
})
