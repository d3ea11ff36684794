import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { login, logout } from '#contract/auth'
import type { EventsMessage } from '#contract/events'
import { openEvents } from '#contract/events'
import { createSocketTicket } from '#contract/sockets'
import { type RunningServer, startServer } from '#server/start'
import { createClient, testPerson } from '#server/testing/process'

let dataDir: string
let server: RunningServer
const client = () => createClient(server.url)

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'shardlyn-sockets-'))
  server = await startServer({
    host: '127.0.0.1',
    port: 0,
    dataDir,
    publicUrl: null,
    localNode: false,
    logLevel: 'silent',
    rendererDir: null,
    resourcesDir: join(import.meta.dirname, '..', '..', 'resources'),
    agentCommand: [],
    rateLimit: 100_000,
  })
  await client().signIn()
})
afterAll(async () => {
  await server.close()
  rmSync(dataDir, { recursive: true, force: true })
})

const address = (path = '/v1/events') => new URL(path, server.url.replace(/^http/, 'ws'))

/** The messages of a socket, or the status it was refused with. */
function open(url: URL, protocols: string[], headers: Record<string, string> = {}) {
  const socket = new WebSocket(url, protocols, { headers })
  const messages: EventsMessage[] = []
  socket.on('message', (data: Buffer) => messages.push(JSON.parse(data.toString()) as EventsMessage))
  const refused = new Promise<number>((resolve) =>
    socket.on('unexpected-response', (_, response) => resolve(response.statusCode ?? 0)),
  )
  socket.on('error', () => {})
  const opened = once(socket, 'open').then(() => 101)
  return {
    socket,
    messages,
    outcome: Promise.race([opened, refused]),
    closed: once(socket, 'close') as Promise<[number, Buffer]>,
  }
}

const ticketFor = async (path: string) => {
  const mine = client()
  await mine.signIn()
  return { mine, ticket: (await mine.call(createSocketTicket, { body: { path } })).ticket }
}

test('a ticket opens its own socket once', async () => {
  const { ticket } = await ticketFor('/v1/events')
  const first = open(address(), ['shardlyn', `ticket.${ticket}`])
  expect(await first.outcome).toBe(101)
  expect(first.socket.protocol).toBe('shardlyn')
  expect(await open(address(), ['shardlyn', `ticket.${ticket}`]).outcome).toBe(401)
  first.socket.terminate()
})

test.each([
  ['without a ticket', []],
  ['with a ticket nobody gave', ['shardlyn', 'ticket.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA']],
])('a socket %s is refused', async (_, protocols) => {
  expect(await open(address(), protocols).outcome).toBe(401)
})

test('a ticket for another path is refused, and a token in the address opens nothing', async () => {
  const { mine, ticket } = await ticketFor('/v1/instances/x/console')
  expect(await open(address(), ['shardlyn', `ticket.${ticket}`]).outcome).toBe(401)
  expect(await open(address(`/v1/events?token=${mine.token()}`), []).outcome).toBe(401)
})

test('a foreign Origin is refused although the ticket is good', async () => {
  const { ticket } = await ticketFor('/v1/events')
  expect(await open(address(), ['shardlyn', `ticket.${ticket}`], { origin: 'http://evil.example' }).outcome).toBe(403)
})

test('signing out closes the sockets of that session within two seconds and leaves others open', async () => {
  const mine = client()
  const other = client()
  await mine.signIn()
  await other.signIn()
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
  const ended = open(address(), [], bearer(mine.token()))
  const kept = open(address(), [], bearer(other.token()))
  expect([await ended.outcome, await kept.outcome]).toEqual([101, 101])
  const begun = performance.now()
  await mine.call(logout, {})
  expect((await ended.closed)[0]).toBe(4401)
  expect(performance.now() - begun).toBeLessThan(2000)
  expect(kept.socket.readyState).toBe(WebSocket.OPEN)
  kept.socket.terminate()
})

test('the event stream begins with where it stands, and a reconnect resumes after the last event seen', async () => {
  const mine = client()
  await mine.signIn()
  const headers = { authorization: `Bearer ${mine.token()}` }
  const first = open(address(), [], headers)
  await first.outcome
  await expect.poll(() => first.messages.length).toBeGreaterThan(0)
  const hello = first.messages[0]
  if (hello?.type !== 'hello') throw new Error('The first message is not hello.')
  expect(hello.resumed).toBe(false)
  first.socket.terminate()
  const again = open(address(`/v1/events?after=${hello.seq}&run=${hello.run}`), [], headers)
  await again.outcome
  await expect.poll(() => again.messages[0]).toMatchObject({ type: 'hello', resumed: true })
  again.socket.terminate()
  const other = open(address(`/v1/events?after=${hello.seq}&run=another`), [], headers)
  await other.outcome
  await expect.poll(() => other.messages[0]).toMatchObject({ type: 'hello', resumed: false })
  other.socket.terminate()
})

test('a message larger than a viewer ever sends closes the socket', async () => {
  const mine = client()
  await mine.signIn()
  const viewer = open(address(), [], { authorization: `Bearer ${mine.token()}` })
  await viewer.outcome
  viewer.socket.send('x'.repeat(300_000))
  expect((await viewer.closed)[0]).toBe(1009)
})

test('an upgrade that is not a socket, a plain request to a socket, and garbage do no harm', async () => {
  const mine = client()
  await mine.signIn()
  const plain = await fetch(new URL(openEvents.url, server.url), {
    headers: { authorization: `Bearer ${mine.token()}` },
  })
  expect([plain.status, ((await plain.json()) as { code: string }).code]).toEqual([400, 'upgrade_required'])
  const raw = (text: string) =>
    new Promise<string>((resolve) => {
      const socket = connect(Number(new URL(server.url).port), '127.0.0.1', () => socket.write(text))
      let said = ''
      socket.on('data', (chunk) => (said += chunk.toString()))
      socket.on('error', () => resolve(said))
      socket.on('close', () => resolve(said))
    })
  const host = new URL(server.url).host
  expect(
    await raw(`GET /v1/nope HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`),
  ).toContain('404')
  expect(
    await raw(`GET /v1/events HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`),
  ).toContain('401')
  expect(await raw('\u0000\u0001\u0002garbage\r\n\r\n')).toContain('400')
  expect((await fetch(new URL('/health', server.url))).status).toBe(200)
})

test('closing the server ends sockets with 1001 and requests under way are answered', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'shardlyn-close-'))
  const mine = await startServer({
    host: '127.0.0.1',
    port: 0,
    dataDir: folder,
    publicUrl: null,
    localNode: false,
    logLevel: 'silent',
    rendererDir: null,
    resourcesDir: join(import.meta.dirname, '..', '..', 'resources'),
    agentCommand: [],
    rateLimit: 100_000,
  })
  const person = createClient(mine.url)
  await person.signIn()
  const socket = new WebSocket(new URL('/v1/events', mine.url.replace(/^http/, 'ws')), {
    headers: { authorization: `Bearer ${person.token()}` },
  })
  await once(socket, 'open')
  const closed = once(socket, 'close') as Promise<[number]>
  // A sign-in takes tens of milliseconds of hashing: it is under way when the server is told to stop.
  const under = person.call(login, { body: testPerson })
  await new Promise((resolve) => setTimeout(resolve, 15))
  await mine.close()
  expect(await under).toMatchObject({ token_type: 'Bearer' })
  expect((await closed)[0]).toBe(1001)
  rmSync(folder, { recursive: true, force: true })
})
