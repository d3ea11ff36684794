import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { expect, onTestFinished, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { dial } from '#agent/dial'
import { requestOptions } from '#agent/trust'
import { listAuditLogs } from '#contract/admin'
import { getBootstrapStatus, getMe, login } from '#contract/auth'
import { openEvents } from '#contract/events'
import { getInstallOptions, getNetworkSettings, updateNetworkSettings } from '#contract/network'
import { listTunnelAgents } from '#contract/tunnel'
import { listSessions } from '#contract/users'
import { quick, startAgent } from '#server/testing/agent'
import { testApp } from '#server/testing/app'
import { fakeClock } from '#server/testing/clock'
import { ask, freePort, switchOn } from '#server/testing/network'
import { ownAddresses } from './addresses.ts'

const [elsewhere] = ownAddresses()

test('it is off at first: other machines have no way here', async () => {
  await using app = await testApp()
  expect((await app.signedIn(getNetworkSettings)).json()).toEqual({
    is_enabled: false,
    port: 7481,
    addresses: ownAddresses().map((at) => `https://${at.includes(':') ? `[${at}]` : at}:7481`),
    fingerprint: null,
    certificate_expires_at: null,
    public_url: null,
    problem: null,
  })
  expect((await app.signedIn(getInstallOptions)).json().addresses).toEqual([
    { url: 'http://127.0.0.1:80', kind: 'this_machine', fingerprint: null },
  ])
})

test('switched on, the same app answers with a key that stays, and off again at once', async () => {
  await using app = await testApp()
  const network = await switchOn(app)
  expect(network.fingerprint).toMatch(/^sha256\/\/[A-Za-z0-9+/]{43}=$/)
  expect(network.addresses).toEqual(
    network.settings.addresses.map((url) => ({ url, kind: 'network', fingerprint: network.fingerprint })),
  )
  const answer = await network.ask('/health')
  expect([
    answer.status,
    answer.headers['x-content-type-options'],
    answer.headers['strict-transport-security'],
  ]).toEqual([200, 'nosniff', undefined])
  const moved = await switchOn(app)
  expect(moved.fingerprint).toBe(network.fingerprint)
  await expect(network.ask('/health')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  expect((await moved.ask('/health')).status).toBe(200)
  await app.signedIn(updateNetworkSettings, { body: { is_enabled: false } })
  await expect(moved.ask('/health')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  expect((await app.signedIn(getInstallOptions)).json().addresses).toMatchObject([{ kind: 'this_machine' }])
  expect((await app.signedIn(listAuditLogs)).json().items[0]).toMatchObject({
    action: 'network_settings.updated',
    details: expect.stringContaining('"after":{"is_enabled":false'),
  })
})

test('the public name goes first, without a pin', async () => {
  await using app = await testApp({ config: { publicUrl: 'https://play.example.com/' } })
  const { addresses } = await switchOn(app)
  expect(addresses[0]).toEqual({ url: 'https://play.example.com', kind: 'public', fingerprint: null })
  expect(addresses[1]).toMatchObject({ kind: 'network' })
})

test('who comes by one listener cannot speak as if by the other', async () => {
  await using app = await testApp()
  const { port, ask } = await switchOn(app)
  const hosts = async (host: string) => (await ask('/health', { headers: { host } })).status
  for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]) expect(await hosts(host)).toBe(200)
  for (const host of ['localhost:80', 'localhost', `evil.example:${port}`, `127.0.0.1:${port}.evil.example`]) {
    expect([host, await hosts(host)]).toEqual([host, 403])
  }
  const local = (headers: Record<string, string>) =>
    app.app.inject({ url: '/health', headers: { host: 'localhost', ...headers } })
  expect((await local({})).statusCode).toBe(200)
  expect((await local({ host: `127.0.0.1:${port}` })).statusCode).toBe(403)
  expect((await local({ origin: `https://127.0.0.1:${port}` })).statusCode).toBe(403)
  const origins = async (origin: string) => (await ask('/health', { headers: { origin } })).status
  expect(await origins(`https://127.0.0.1:${port}`)).toBe(200)
  for (const origin of [`http://127.0.0.1:${port}`, 'http://localhost', `https://evil.example:${port}`, 'null']) {
    expect([origin, await origins(origin)]).toEqual([origin, 403])
  }
})

test('a browser’s sockets open from the page’s own origin with https, and from no other', async () => {
  await using app = await testApp()
  const { port, server } = await switchOn(app)
  const token = await app.adminToken()
  const open = async (origin: string) => {
    const socket = new WebSocket(`wss://127.0.0.1:${port}${openEvents.url}`, {
      ...(requestOptions(server) as object),
      origin,
      headers: { authorization: `Bearer ${token}` },
    })
    socket.on('error', () => {})
    onTestFinished(() => socket.terminate())
    return Promise.race([
      once(socket, 'open').then(() => 101),
      once(socket, 'unexpected-response').then(([, response]) => (response as { statusCode: number }).statusCode),
    ])
  }
  expect(await open(`https://127.0.0.1:${port}`)).toBe(101)
  expect(await open(`http://127.0.0.1:${port}`)).toBe(403)
  expect(await open('http://localhost')).toBe(403)
})

test('plain http is told to speak https, and noise is cut', async () => {
  await using app = await testApp()
  const { port } = await switchOn(app)
  const said = async (first: string | Buffer) => {
    const socket = connect(port, '127.0.0.1')
    let text = ''
    socket.on('data', (chunk) => (text += String(chunk))).on('error', () => {})
    socket.write(first)
    await once(socket, 'close')
    return text
  }
  expect(await said('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 .*https:\/\//s)
  expect(await said(Buffer.from([0x16, 3, 1, 0, 5, 1, 2, 3, 4, 5]))).not.toContain('HTTP')
  expect(await said(Buffer.alloc(64 * 1024, 0x41))).toMatch(/^HTTP\/1\.1 400 /)
})

test('old TLS is refused, and a request that is too large is answered as elsewhere', async () => {
  await using app = await testApp()
  const { port, ask } = await switchOn(app)
  const old = connectTls({
    port,
    host: '127.0.0.1',
    rejectUnauthorized: false,
    maxVersion: 'TLSv1.1',
    minVersion: 'TLSv1',
  })
  const [error] = (await once(old, 'error')) as [NodeJS.ErrnoException]
  expect(error.code).toMatch(/^ERR_SSL/)
  const large = await ask('/health', { headers: { 'x-large': 'a'.repeat(17 * 1024) } })
  expect(large.status).toBe(431)
})

test('who comes is known by the address they have, whatever they say of it', async () => {
  await using app = await testApp()
  const { ask } = await switchOn(app)
  const headers = { 'x-forwarded-for': '203.0.113.9', forwarded: 'for=203.0.113.9', 'x-real-ip': '203.0.113.9' }
  const body = { email: 'admin@example.com', password: 'correct horse' }
  await app.adminToken()
  const ips = async (at: string) => {
    expect((await ask(login.url, { method: 'POST', headers, body, at })).status).toBe(200)
    return (await app.signedIn(listSessions)).json().items[0].ip
  }
  expect(await ips('127.0.0.1')).toBe('127.0.0.1')
  expect(await ips('[::1]')).toBe('::1')
  const limits = await ask(login.url, { method: 'POST', headers, body })
  expect(Number(limits.headers['x-ratelimit-remaining'])).toBeLessThan(20)
})

test.skipIf(elsewhere === undefined)('a first set-up over the network needs the code', async () => {
  await using app = await testApp()
  const port = await freePort()
  await app.network.begin()
  // There is no administrator who could switch it on; a restored database may have it on.
  const now = new Date().toISOString()
  const value = JSON.stringify({ is_enabled: true, port })
  await app.control.db.insertInto('settings').values({ name: 'network', value, updated_at: now }).execute()
  await app.network.begin()
  const asked = (at: string) =>
    new Promise<unknown>((resolve, reject) => {
      void import('node:https').then(({ get }) =>
        get(`https://${at}:${port}${getBootstrapStatus.url}`, { rejectUnauthorized: false }, (response) => {
          let text = ''
          response.on('data', (chunk) => (text += String(chunk))).on('end', () => resolve(JSON.parse(text)))
        }).on('error', reject),
      )
    })
  expect(await asked(elsewhere ?? '')).toEqual({ needs_bootstrap: true, needs_code: true })
  expect(await asked('127.0.0.1')).toEqual({ needs_bootstrap: true, needs_code: false })
})

test('a port that is taken is refused, and told of when it is taken at the start', async () => {
  await using app = await testApp()
  const port = await freePort()
  const other = createServer().listen(port, '0.0.0.0')
  await once(other, 'listening')
  onTestFinished(() => void other.close())
  const refused = await app.signedIn(updateNetworkSettings, { body: { is_enabled: true, port } })
  expect([refused.status, refused.json().code]).toEqual([409, 'port_not_usable'])
  const own = await app.signedIn(updateNetworkSettings, { body: { is_enabled: true, port: 80 } })
  expect([own.status, own.json().code]).toEqual([409, 'port_not_usable'])
  expect((await app.signedIn(getNetworkSettings)).json()).toMatchObject({ is_enabled: false, port: 7481 })

  await app.signedIn(updateNetworkSettings, { body: { port } })
  await app.control.db
    .updateTable('settings')
    .set({ value: JSON.stringify({ is_enabled: true, port }) })
    .where('name', '=', 'network')
    .execute()
  await app.network.begin()
  expect((await app.signedIn(getNetworkSettings)).json().problem).toContain(`Port ${port} is taken`)
  expect((await app.signedIn(getInstallOptions)).json().addresses).toMatchObject([{ kind: 'this_machine' }])
  other.close()
  await once(other, 'close')
  await app.network.lookAfter()
  expect((await app.signedIn(getNetworkSettings)).json().problem).toBeNull()
  expect((await app.signedIn(getInstallOptions)).json().addresses).toMatchObject([
    { kind: 'network' },
    ...ownAddresses()
      .slice(1)
      .map(() => ({})),
  ])
})

test('switched twice at once it ends as the last one said, with one listener', async () => {
  await using app = await testApp()
  const [first, second] = [await freePort(), await freePort()]
  await app.adminToken()
  const set = (port: number) => app.signedIn(updateNetworkSettings, { body: { is_enabled: true, port } })
  await Promise.all([set(first), set(second), set(first), set(second)])
  const { port, fingerprint } = (await app.signedIn(getNetworkSettings)).json()
  expect(port).toBe(second)
  expect((await ask({ url: `https://127.0.0.1:${second}`, fingerprint }, '/health')).status).toBe(200)
  await expect(ask({ url: `https://127.0.0.1:${first}`, fingerprint }, '/health')).rejects.toMatchObject({
    code: 'ECONNREFUSED',
  })
})

test('the certificate is renewed a month before its end, live, and the pin holds', async () => {
  const clock = fakeClock()
  await using app = await testApp({ clock })
  const network = await switchOn(app)
  const until = async () => {
    const socket = connectTls({ port: network.port, host: '127.0.0.1', rejectUnauthorized: false })
    await once(socket, 'secureConnect')
    const { validToDate, subjectAltName = '' } = socket.getPeerX509Certificate()!
    socket.destroy()
    return { end: validToDate.getTime(), subjectAltName }
  }
  const first = await until()
  for (const address of ownAddresses().filter((at) => !at.includes(':'))) {
    expect(first.subjectAltName).toContain(`IP Address:${address}`)
  }
  await app.network.lookAfter()
  expect((await until()).end).toBe(first.end)
  clock.advance(800 * 86_400_000)
  await app.network.lookAfter()
  expect((await until()).end).toBeGreaterThan(first.end)
  const noted = await app.control.db.selectFrom('audit_logs').select(['action', 'actor_type']).execute()
  expect(noted).toContainEqual({ action: 'network.certificate_renewed', actor_type: 'system' })
  expect((await network.ask('/health')).status).toBe(200)
})

test('the key lies sealed, and survives a restart on the same data', async () => {
  await using app = await testApp()
  const { fingerprint } = await switchOn(app)
  const rows = JSON.stringify([
    await app.control.db.selectFrom('sealed').selectAll().execute(),
    await app.control.db.selectFrom('settings').selectAll().execute(),
  ])
  expect(rows).toContain('network.key')
  expect(rows).not.toContain('PRIVATE KEY')
  await app.network.close(0)
  await app.network.begin()
  expect((await app.signedIn(getNetworkSettings)).json().fingerprint).toBe(fingerprint)
})

test('a machine joins and stays over it, until it is switched off', async () => {
  await using app = await testApp({ tunnelTimes: quick })
  const { server } = await switchOn(app)
  await using agent = await startAgent({ app, ...server })
  await vi.waitFor(() => expect(app.agents.isConnected(agent.nodeId())).toBe(true), 5000)
  expect((await app.signedIn(listTunnelAgents)).json().items).toMatchObject([{ transport: 'upgrade' }])
  await app.signedIn(updateNetworkSettings, { body: { is_enabled: false } })
  await vi.waitFor(() => expect(app.agents.isConnected(agent.nodeId())).toBe(false), 5000)
  await app.signedIn(updateNetworkSettings, { body: { is_enabled: true } })
  await vi.waitFor(() => expect(app.agents.isConnected(agent.nodeId())).toBe(true), 5000)
})

test('where a proxy knows no other protocol, the tunnel crosses it as a WebSocket', async () => {
  await using app = await testApp({ tunnelTimes: quick })
  const { server } = await switchOn(app)
  await using agent = await startAgent({ app, ...server })
  await vi.waitFor(() => expect(app.agents.isConnected(agent.nodeId())).toBe(true), 5000)
  const { wire } = await dial({ server, token: agent.identity().agent_token, timeoutMs: 3000 }, 'websocket')
  expect(wire).toMatchObject({ encrypted: true })
  wire.destroy()
})

test('who switches it off over the network hears that it is off', async () => {
  await using app = await testApp()
  const { ask } = await switchOn(app)
  const headers = { authorization: `Bearer ${await app.adminToken()}` }
  const answer = await ask(updateNetworkSettings.url, { method: 'PUT', headers, body: { is_enabled: false } })
  expect([answer.status, JSON.parse(answer.text).is_enabled]).toEqual([200, false])
  expect((await app.signedIn(getMe)).status).toBe(200)
})
