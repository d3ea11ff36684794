import { Duplex } from 'node:stream'
import { expect, test } from 'vitest'
import { listActivity } from '#contract/activity'
import { getNode } from '#contract/nodes'
import { getCaPublicKey, listCertificates, revokeCertificate } from '#contract/ssh'
import { openSsh } from '#contract/ssh-login'
import type { TerminalServerMessage } from '#contract/terminal'
import { suspendUser } from '#contract/users'
import { hasSshd } from '#server/testing/sshd'
import { rawSocket, type SshMachine, sshMachine } from '#server/testing/ssh-machine'
import { until } from '#server/testing/until'

/** A machine whose sshd trusts the CA of the control plane, for some logins. */
async function trusting(options: Parameters<typeof sshMachine>[0] = {}, logins = ['root']) {
  const it = await sshMachine(options)
  const keys = (await it.app.call(getCaPublicKey)).text
  for (const login of logins) it.sshd.trust(keys, login, [`${login}@${it.nodeId}`])
  return it
}

async function shell(it: SshMachine, options: Parameters<typeof rawSocket>[2] = {}) {
  const raw = await rawSocket(it, openSsh, options)
  const messages = (): TerminalServerMessage[] => raw.texts().map((text) => JSON.parse(text) as TerminalServerMessage)
  const find = <K extends TerminalServerMessage['type']>(type: K) =>
    messages().find((message): message is Extract<TerminalServerMessage, { type: K }> => message.type === type)
  return {
    ...raw,
    find,
    text: () => raw.bytes().toString(),
    say: (message: object) => raw.socket.send(JSON.stringify(message)),
    type: (line: string) => raw.socket.send(JSON.stringify({ type: 'input', data: `${line}\n` })),
    async end() {
      await until(() => find('ended') !== undefined || raw.refused() !== undefined)
      return find('ended') ?? raw.refused()
    },
  }
}
const started = async (it: SshMachine, options: Parameters<typeof rawSocket>[2] = {}) => {
  const viewer = await shell(it, options)
  await until(() => viewer.find('start') !== undefined || viewer.find('ended') !== undefined)
  if (viewer.find('ended')) throw new Error(JSON.stringify(viewer.find('ended')))
  return viewer
}

test.skipIf(!hasSshd)(
  'a shell in the browser: size, resize, code, two at once, and both ends in the audit log',
  async () => {
    await using it = await trusting()
    using one = await started(it, { query: { login: 'root', cols: 91, rows: 31 } })
    using two = await started(it, { query: { login: 'root' } })
    expect(one.find('start')).toMatchObject({ login: 'root' })
    one.type('echo "size $(stty size)"; id -un')
    await until(() => one.text().includes('size 31 91'))
    one.say({ type: 'resize', cols: 120, rows: 40 })
    one.type('echo "now $(stty size)"')
    await until(() => one.text().includes('now 40 120'))
    two.type('echo other-$((1+1))')
    await until(() => two.text().includes('other-2'))
    expect(one.text()).not.toContain('other-')
    one.type('exit 5')
    expect(await one.end()).toMatchObject({ reason: 'exited', exit_code: 5 })
    const { items } = (await it.app.signedIn(listCertificates)).json()
    expect(items).toHaveLength(2)
    expect(items[0]).toMatchObject({ purpose: 'browser', principals: ['root'], extensions: ['permit-pty'] })
    const actions = async () =>
      (await it.app.signedIn(listActivity)).json().items.map(({ action }: { action: string }) => action)
    await until(async () => (await actions()).includes('ssh.ended'))
    expect(await actions()).toContain('ssh.opened')
  },
)

test.skipIf(!hasSshd)('a viewer comes back to where it was', async () => {
  await using it = await trusting()
  const first = await started(it, { query: { login: 'root' } })
  first.type('echo before-$((1+1))')
  await until(() => first.text().includes('before-2'))
  const session = first.find('start')?.session
  first.socket.terminate()
  const from = first.bytes().length
  using back = await started(it, { query: { session, from } })
  expect(back.find('start')).toMatchObject({ session, offset: from })
  back.type('echo after-$((1+1))')
  await until(() => back.text().includes('after-2'))
  const other = await it.app.addPerson({ email: 'o@example.com', role: 'admin' })
  using stranger = await shell(it, { query: { session }, token: other.token })
  expect(stranger.refused()).toMatchObject({ status: 404 })
})

test.skipIf(!hasSshd)('a shell ends with its certificate, with the right, with the person', async () => {
  await using it = await trusting()
  const { app } = it
  const open = async (email: string) => {
    const person = await app.addPerson({ email, role: 'user', grants: ['nodes.ssh.login', 'nodes.ssh.root'] })
    return { ...person, viewer: await started(it, { query: { login: 'root' }, token: person.token }) }
  }
  const one = await open('one@example.com')
  const two = await open('two@example.com')
  const three = await open('three@example.com')
  const four = await open('four@example.com')
  const { items } = (await app.signedIn(listCertificates)).json()
  const mine = items.find(({ email }: { email: string }) => email === 'one@example.com')
  await app.signedIn(revokeCertificate, { params: { id: mine.id } })
  expect(await one.viewer.end()).toMatchObject({ reason: 'revoked' })
  const take = app.control.database.prepare('delete from member_permissions where user_id = ? and key = ?')
  take.run(two.id, 'nodes.ssh.login')
  await app.live.recheckUser(two.id)
  await until(() => two.viewer.closed() !== undefined)
  await app.signedIn(suspendUser, { params: { id: three.id } })
  await until(() => three.viewer.closed() !== undefined)
  expect(four.viewer.closed()).toBeUndefined()
  take.run(four.id, 'nodes.ssh.root')
  await app.live.recheckUser(four.id)
  expect(await four.viewer.end()).toMatchObject({ reason: 'revoked' })
})

test.skipIf(!hasSshd)('what keeps somebody out is said in words', async () => {
  await using it = await trusting()
  const { app, sshd } = it
  using unknown = await shell(it, { query: { login: 'nosuchone' } })
  expect(await unknown.end()).toMatchObject({
    reason: 'refused',
    detail: expect.stringContaining('does not let nosuchone in'),
  })
  it.tellSsh({ trusts_ca: false })
  const person = await app.addPerson({ email: 'p@example.com', role: 'user', grants: ['nodes.ssh.login'] })
  using root = await shell(it, { query: { login: 'root' }, token: person.token })
  expect(root.refused()).toEqual({ status: 403, code: 'missing_permission' })
  using nobody = await shell(it, { token: person.token })
  expect(nobody.refused()).toEqual({ status: 400, code: 'login_required' })
  const { owner } = await app.addOrganization('Elsewhere')
  using foreign = await shell(it, { token: owner.token })
  expect(foreign.refused()).toEqual({ status: 404, code: 'node_not_found' })
  using bad = await shell(it, { query: { login: '-oProxyCommand=x' } })
  expect(bad.refused()?.status).toBe(400)
  const features = async () => (await app.signedIn(getNode, { params: { id: it.nodeId } })).json().features
  await until(async () => (await features()).ssh?.trusts_ca === false)
  using untrusted = await shell(it, { query: { login: 'nosuchone' } })
  expect(await untrusted.end()).toMatchObject({ detail: expect.stringContaining('does not trust our certificates') })

  await sshd.stop()
  using down = await shell(it, { query: { login: 'root' } })
  expect(await down.end()).toMatchObject({
    reason: 'refused',
    detail: expect.stringContaining('Nothing answers on port'),
  })
  sshd.changeHostKey()
  await sshd.start()
  using swapped = await shell(it, { query: { login: 'root' } })
  expect(await swapped.end()).toMatchObject({ detail: expect.stringContaining('another host key') })
  it.tellSsh()
  await until(async () => {
    using told = await shell(it, { query: { login: 'root' } })
    return told.refused()?.code === 'host_key_changed'
  })
})

test.skipIf(!hasSshd)('a machine that goes away ends the shell, and one opens again when it is back', async () => {
  await using it = await trusting()
  using viewer = await started(it, { query: { login: 'root' } })
  it.app.proxy.reset()
  const ended = await viewer.end()
  expect(['node_offline', 'lost']).toContain((ended as { reason: string }).reason)
  await until(() => it.app.agents.isConnected(it.nodeId))
  using again = await started(it, { query: { login: 'root' } })
  again.type('echo back-$((1+1))')
  await until(() => again.text().includes('back-2'))
})

test.skipIf(!hasSshd)('an agent that answers with garbage is told apart from an sshd', async () => {
  const garbage = () =>
    new Duplex({
      read() {
        this.push(Buffer.alloc(1024, 'x'))
      },
      write: (_c, _e, done) => done(),
    })
  await using it = await trusting({ target: () => ({ authority: 'sshd', open: async () => garbage() }) })
  using viewer = await shell(it, { query: { login: 'root' } })
  expect(await viewer.end()).toMatchObject({ reason: 'refused', detail: expect.stringContaining('does not speak SSH') })
})
