import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type AddressInfo, connect, type Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { expect, test } from 'vitest'
import { sshdTarget } from '#agent/features/ssh-login/target'
import { listActivity } from '#contract/activity'
import { createApiToken } from '#contract/api-tokens'
import { deleteNode } from '#contract/nodes'
import { acceptHostKeys, getNodeSsh, openSshStream } from '#contract/ssh-login'
import { suspendUser } from '#contract/users'
import { hasSshd } from '#server/testing/sshd'
import { rawSocket, sshMachine } from '#server/testing/ssh-machine'
import { until } from '#server/testing/until'

const ours = Buffer.from('SSH-2.0-test\r\n')

test.skipIf(!hasSshd)('the bytes of a machine’s sshd come through, and both ends are in the audit log', async () => {
  await using it = await sshMachine()
  const person = await it.app.addPerson({ email: 'p@example.com', role: 'user', grants: ['nodes.ssh.login'] })
  using stream = await rawSocket(it, openSshStream, { token: person.token })
  await until(() => stream.bytes().toString().startsWith('SSH-2.0-OpenSSH'))
  stream.socket.send(ours)
  await until(() => stream.bytes().length > 300)
  stream.socket.close()
  const lines = async () =>
    (await it.app.signedIn(listActivity)).json().items.map(({ action }: { action: string }) => action)
  await until(async () => (await lines()).includes('ssh.disconnected'))
  expect(await lines()).toContain('ssh.connected')
  expect(await lines()).toContain('node.host_keys_pinned')
})

test.skipIf(!hasSshd)('whoever may not, and whoever is of another organization, is refused', async () => {
  await using it = await sshMachine()
  const { app } = it
  const user = await app.addPerson({ email: 'u@example.com', role: 'user' })
  using without = await rawSocket(it, openSshStream, { token: user.token })
  expect(without.refused()).toEqual({ status: 403, code: 'missing_permission' })
  const { owner } = await app.addOrganization('Elsewhere')
  using foreign = await rawSocket(it, openSshStream, { token: owner.token })
  expect(foreign.refused()).toEqual({ status: 404, code: 'node_not_found' })
  using nobody = await rawSocket(it, openSshStream, { token: 'x' })
  expect(nobody.refused()?.status).toBe(401)
  const tokenFor = async (scopes: string[]) =>
    (await app.signedIn(createApiToken, { body: { name: scopes.join(), scopes } })).json().token as string
  using wrong = await rawSocket(it, openSshStream, { token: await tokenFor(['nodes.view']) })
  expect(wrong.refused()).toEqual({ status: 403, code: 'missing_permission' })
  using right = await rawSocket(it, openSshStream, { token: await tokenFor(['nodes.ssh.login']) })
  await until(() => right.bytes().length > 0)
})

test.skipIf(!hasSshd)('a stream ends with the right, the person, the machine', async () => {
  await using it = await sshMachine()
  const { app } = it
  const open = async (email: string) => {
    const person = await app.addPerson({ email, role: 'user', grants: ['nodes.ssh.login'] })
    const stream = await rawSocket(it, openSshStream, { token: person.token })
    await until(() => stream.bytes().length > 0)
    return { ...person, stream }
  }
  const one = await open('one@example.com')
  const two = await open('two@example.com')
  const three = await open('three@example.com')
  app.control.database.prepare('delete from member_permissions where user_id = ?').run(one.id)
  await app.live.recheckUser(one.id)
  await until(() => one.stream.closed() === 4403)
  await app.signedIn(suspendUser, { params: { id: two.id } })
  await until(() => two.stream.closed() === 4401)
  expect(three.stream.closed()).toBeUndefined()
  await app.signedIn(deleteNode, { params: { id: it.nodeId } })
  await until(() => three.stream.closed() !== undefined)
})

test.skipIf(!hasSshd)('without an sshd, with SSH off there, and with the machine away it says so', async () => {
  await using it = await sshMachine()
  const { app, agent, sshd } = it
  await sshd.stop()
  using down = await rawSocket(it, openSshStream)
  expect(down.refused()).toEqual({ status: 503, code: 'sshd_unreachable' })
  await sshd.start()
  using up = await rawSocket(it, openSshStream)
  await until(() => up.bytes().length > 0)

  it.tellSsh(null)
  const problem = async () => (await app.signedIn(getNodeSsh, { params: { id: it.nodeId } })).json().problem as string
  await until(async () => (await problem())?.includes('not allowed') ?? false)
  using off = await rawSocket(it, openSshStream)
  expect(off.refused()).toEqual({ status: 403, code: 'ssh_disabled' })
  it.tellSsh()
  await until(async () => (await problem()) === null)

  app.proxy.reset()
  await until(() => up.closed() === 1011)
  await until(() => app.agents.isConnected(it.nodeId))
  using back = await rawSocket(it, openSshStream)
  await until(() => back.bytes().length > 0)
  await agent[Symbol.asyncDispose]()
  await until(() => !app.agents.isConnected(it.nodeId))
  using away = await rawSocket(it, openSshStream)
  expect(away.refused()).toEqual({ status: 503, code: 'node_offline' })
})

test('an agent connects to its sshd and to nothing else, and only where its owner said so', async () => {
  const never = new AbortController().signal
  await expect(sshdTarget({}).open(never)).rejects.toMatchObject({ status: 403, code: 'ssh_disabled' })
})

test.skipIf(!hasSshd)('nothing but the sshd is reached by CONNECT', async () => {
  await using it = await sshMachine()
  const signal = new AbortController().signal
  for (const authority of [
    '',
    '127.0.0.1:22',
    `localhost:${it.sshd.port}`,
    'sshd:22',
    'sshd.',
    'SSHD',
    '[::1]:80',
    'x'.repeat(5000),
  ]) {
    await expect(it.app.agents.connect(it.nodeId, authority, signal)).rejects.toThrow()
  }
})

test.skipIf(!hasSshd)('a viewer that reads nothing makes the machine wait, and text is not taken', async () => {
  let sent = 0
  const flood = () =>
    new Duplex({
      read() {
        const chunk = Buffer.alloc(64 * 1024)
        sent += chunk.length
        this.push(chunk)
      },
      write: (_chunk, _encoding, done) => done(),
    })
  await using it = await sshMachine({ target: () => ({ authority: 'sshd', open: async () => flood() }) })
  using stream = await rawSocket(it, openSshStream)
  await until(() => stream.bytes().length > 0)
  stream.socket.pause()
  let before = -1
  await until(async () => {
    const isStill = sent === before
    before = sent
    await new Promise((resolve) => setTimeout(resolve, 100))
    return isStill
  })
  // Windows of the tunnel, buffers of sockets: some, and no more.
  expect(sent).toBeLessThan(64 * 1024 * 1024)
  stream.socket.resume()
  const then = sent
  await until(() => sent > then + 1024 * 1024)
  stream.socket.send('text')
  await until(() => stream.closed() === 1003)
})

test.skipIf(!hasSshd)('a machine that does not take what is sent makes the sender wait', async () => {
  const taken: Socket[] = []
  const server = createServer((socket) => taken.push(socket.pause())).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await using it = await sshMachine({
    target: () => ({
      authority: 'sshd',
      async open() {
        const socket = connect(port, '127.0.0.1')
        await once(socket, 'connect')
        return socket
      },
    }),
  })
  using stream = await rawSocket(it, openSshStream)
  const chunk = randomBytes(64 * 1024)
  for (let i = 0; i < 2000; i++) stream.socket.send(chunk)
  let before = -1
  await until(async () => {
    const isStill = stream.socket.bufferedAmount === before
    before = stream.socket.bufferedAmount
    await new Promise((resolve) => setTimeout(resolve, 100))
    return isStill
  })
  expect(stream.socket.bufferedAmount).toBeGreaterThan(64 * 1024 * 1024)
  stream.socket.terminate()
  for (const socket of taken) socket.destroy()
  server.close()
})

test.skipIf(!hasSshd)('another host key is shown, and accepted only by whoever saw it', async () => {
  await using it = await sshMachine()
  const { app, sshd, nodeId } = it
  const about = { params: { id: nodeId } }
  const info = async () => (await app.signedIn(getNodeSsh, about)).json()
  const first = await info()
  expect(first).toMatchObject({ host_keys: [sshd.hostKey().split(' ').slice(0, 2).join(' ')], changed_host_keys: [] })
  sshd.changeHostKey()
  it.tellSsh()
  await until(async () => (await info()).changed_fingerprints.length === 1)
  const { changed_fingerprints: fingerprints } = await info()
  const accept = (fingerprints: unknown) => app.signedIn(acceptHostKeys, { ...about, body: { fingerprints } })
  expect((await accept(['SHA256:x'])).json()).toMatchObject({ code: 'host_keys_differ' })
  expect((await accept([...fingerprints, ...first.fingerprints])).status).toBe(409)
  expect((await accept([])).status).toBe(400)
  const user = await app.addPerson({ email: 'u@example.com', role: 'user', grants: ['nodes.ssh.login'] })
  expect((await app.call(acceptHostKeys, { ...about, body: { fingerprints } }, { token: user.token })).status).toBe(403)
  expect((await accept(fingerprints)).status).toBe(204)
  expect(await info()).toMatchObject({ fingerprints, changed_host_keys: [], changed_fingerprints: [] })
  const actions = (await app.signedIn(listActivity)).json().items.map(({ action }: { action: string }) => action)
  expect(actions).toEqual(expect.arrayContaining(['node.host_keys_changed', 'node.host_keys_accepted']))
})
