import { type AddressInfo, connect } from 'node:net'
import { type Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import pino from 'pino'
import { expect, test } from 'vitest'
import { systemClock } from '#server/clock'
import { createFastify } from './fastify.ts'

test('a body that was refused half way ends its connection, so that no later request waits behind it', async () => {
  const app = createFastify({
    log: pino({ level: 'silent' }),
    clock: systemClock,
    eager: false,
    isStopping: () => false,
  })
  app.addContentTypeParser('application/octet-stream', (_request, payload, done) => done(null, payload))
  app.put('/upload', async (request) => {
    const broken = new Writable({ write: (_, _encoding, done) => setTimeout(() => done(new Error('it broke')), 200) })
    await pipeline(request.body as Readable, broken)
  })
  app.get('/small', () => 'here')
  await app.listen({ host: '127.0.0.1', port: 0 })
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
  let said = ''
  socket.on('data', (part) => (said += String(part)))
  socket.on('error', () => {})
  const closed = new Promise((resolve) => socket.once('close', resolve))
  const bytes = 512 * 1024
  socket.write(
    `PUT /upload HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/octet-stream\r\ncontent-length: ${bytes}\r\n\r\n`,
  )
  socket.write(Buffer.alloc(bytes))
  socket.write('GET /small HTTP/1.1\r\nhost: localhost\r\n\r\n')
  await closed
  expect(said).toMatch(/^HTTP\/1\.1 500 /)
  expect(said.toLowerCase()).toContain('connection: close')
  await app.close()
})
