import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { UNACKED_MAX } from '#contract/console'
import { deleteNode } from '#contract/nodes'
import { setMemberPermission } from '#contract/members'
import { getMe, type Me } from '#contract/auth'
import { listActivity } from '#contract/activity'
import { terminalStage, terminalViewer } from '#server/testing/terminal'
import { until } from '#server/testing/until'

const sha = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
/** What a shell prints for `seq 1 N`: a terminal ends lines with two bytes. */
const numbers = (to: number) => Array.from({ length: to }, (_, n) => `${n + 1}\r\n`).join('')
const MARK = 'of-all'
/** Typed so that what is typed does not look like what is printed. */
const andMark = `; echo 'end '${MARK}\r`
const printed = (text: string) => text.slice(text.indexOf('1\r\n2\r\n'), text.indexOf(`end ${MARK}`))

test('a shell on a machine takes what is typed and prints, knows its size, and tells how it ended', async () => {
  await using it = await terminalStage()
  using viewer = await terminalViewer(it.app, it.nodeId, { query: { cols: 100, rows: 30 } })
  expect(viewer.messages[0]).toMatchObject({ type: 'start', offset: 0, is_recorded: false })
  viewer.type('stty size\r')
  await viewer.shows('30 100')
  viewer.say({ type: 'resize', cols: 132, rows: 43 })
  await until(async () => {
    viewer.type('stty size\r')
    return viewer.text().includes('43 132')
  })
  viewer.type('env | sort\r')
  await viewer.shows('TERM=xterm-256color')
  expect(viewer.text()).not.toMatch(/SHARDLYN|TOKEN|NODE_|npm_/)
  viewer.type('exit 7\r')
  await until(() => viewer.closed() !== undefined)
  expect(viewer.ended()).toEqual({ type: 'ended', reason: 'exited', exit_code: 7, signal: null, detail: null })
  await until(() => it.terminals.count() === 0)
  await until(async () => {
    const { items } = (await it.app.signedIn(listActivity, {})).json() as { items: { action: string }[] }
    return (
      items.some(({ action }) => action === 'terminal.ended') &&
      items.some(({ action }) => action === 'terminal.opened')
    )
  })
})

test('a program that floods the terminal is ended by Ctrl C', async () => {
  await using it = await terminalStage()
  using viewer = await terminalViewer(it.app, it.nodeId)
  viewer.type('yes\r')
  await until(() => viewer.size() > 1_000_000, 30_000)
  viewer.type('\u0003')
  viewer.type(`echo 'back '${MARK}\r`)
  await viewer.shows(`back ${MARK}`)
  expect(viewer.text()).toContain('^C')
})

test('a thousand short commands lose no byte of what they print', async () => {
  await using it = await terminalStage()
  using viewer = await terminalViewer(it.app, it.nodeId)
  viewer.type(`for n in $(seq 1 1000); do /bin/echo $n; done${andMark}`)
  await viewer.shows(`end ${MARK}`)
  expect(printed(viewer.text())).toBe(numbers(1000))
})

test('what a shell prints last before it ends arrives, though the viewer is slow', async () => {
  await using it = await terminalStage()
  using viewer = await terminalViewer(it.app, it.nodeId)
  viewer.acknowledges = false
  viewer.type('exec seq 1 300000\r')
  await until(() => viewer.size() >= UNACKED_MAX, 30_000)
  viewer.acknowledges = true
  viewer.ack()
  await until(() => viewer.closed() !== undefined, 30_000)
  expect(viewer.ended()).toMatchObject({ reason: 'exited', exit_code: 0 })
  const text = viewer.text()
  expect(sha(Buffer.from(text.slice(text.indexOf('1\r\n2\r\n'))))).toBe(sha(Buffer.from(numbers(300_000))))
}, 120_000)

test('20 MB for a viewer that stands still are not taken from the shell, and nothing of them is lost', async () => {
  await using it = await terminalStage()
  using viewer = await terminalViewer(it.app, it.nodeId)
  viewer.type(`seq 1 2500000${andMark}`)
  await until(() => viewer.size() > 200_000)
  viewer.acknowledges = false
  const still = () => {
    const now = viewer.size()
    return new Promise<boolean>((resolve) => setTimeout(() => resolve(viewer.size() === now), 300))
  }
  await until(still, 30_000)
  expect(viewer.size()).toBeLessThan(4 * UNACKED_MAX)
  viewer.acknowledges = true
  viewer.ack()
  await until(() => viewer.tail().includes(`end ${MARK}`), 60_000)
  expect(sha(Buffer.from(printed(viewer.text())))).toBe(sha(Buffer.from(numbers(2_500_000))))
  expect(viewer.types()).not.toContain('gap')
}, 120_000)

test('who comes back finds everything that was printed meanwhile, and the same shell', async () => {
  await using it = await terminalStage()
  const first = await terminalViewer(it.app, it.nodeId)
  first.type('n=41; (sleep 0.3; seq 1 2000) &\r')
  await first.shows('seq')
  first.socket.terminate()
  const seen = first.bytes()
  using again = await terminalViewer(it.app, it.nodeId, { query: { session: first.session(), from: seen.length } })
  expect(again.messages[0]).toMatchObject({ type: 'start', offset: seen.length, session: first.session() })
  await again.shows('2000\r\n')
  again.type('echo "the answer is $((n+1))"\r')
  await again.shows('the answer is 42')
  expect(Buffer.concat([seen, again.bytes()]).toString()).toContain(numbers(2000))
  // A page that was loaded anew has nothing, and gets what is kept.
  using reloaded = await terminalViewer(it.app, it.nodeId, { query: { session: first.session() } })
  await reloaded.shows('the answer is 42')
  expect(reloaded.messages[0]).toMatchObject({ offset: 0 })
  await until(() => again.closed() !== undefined)
  expect(again.messages.at(-1)).toMatchObject({ type: 'refused', code: 'taken_over' })
  reloaded.say({ type: 'close' })
  await until(() => reloaded.closed() !== undefined)
  expect(reloaded.ended()).toMatchObject({ reason: 'closed' })
  await until(() => it.terminals.count() === 0)
  using late = await terminalViewer(it.app, it.nodeId, { query: { session: first.session() } })
  expect(late.refusedWith()).toBe(404)
})

test('who comes back too late for what is kept is told of the gap', async () => {
  await using it = await terminalStage()
  const first = await terminalViewer(it.app, it.nodeId)
  first.type(`seq 1 400000${andMark}`)
  await until(() => first.tail().includes(`end ${MARK}`), 30_000)
  first.socket.terminate()
  using again = await terminalViewer(it.app, it.nodeId, { query: { session: first.session(), from: 10 } })
  await until(() => again.size() > 500_000)
  const start = again.messages[0]
  expect(start?.type === 'start' && start.offset === start.oldest && start.offset > 10).toBe(true)
  expect(again.messages[1]).toEqual({ type: 'gap', from: 10, to: start?.type === 'start' ? start.offset : 0 })
}, 120_000)

test('cuts of the tunnel lose and double nothing of what is printed or typed', async () => {
  await using it = await terminalStage()
  using viewer = await terminalViewer(it.app, it.nodeId)
  viewer.type(`seq 1 600000${andMark}`)
  for (let cut = 1; cut <= 8; cut++) {
    const size = viewer.size()
    await until(() => viewer.size() > size + 200_000 || viewer.tail().includes(`end ${MARK}`), 20_000)
    it.app.proxy.reset()
    await until(() => !it.app.agents.isConnected(it.nodeId))
    await until(() => it.app.agents.isConnected(it.nodeId), 20_000)
  }
  await until(() => viewer.tail().includes(`end ${MARK}`), 60_000)
  expect(sha(Buffer.from(printed(viewer.text())))).toBe(sha(Buffer.from(numbers(600_000))))
  expect(viewer.types().filter((type) => type === 'gap' || type === 'ended')).toEqual([])
  // Typed at the moment of the cut: it is typed once, or refused in words.
  viewer.type('cat > /dev/null <<X\r')
  for (let line = 0; line < 20; line++) {
    if (line % 5 === 2) it.app.proxy.reset()
    viewer.type(`line ${line}\r`)
    await new Promise((resolve) => setTimeout(resolve, 30))
  }
  await until(() => it.app.agents.isConnected(it.nodeId), 20_000)
  viewer.type('\rX\r')
  await viewer.shows('line 1')
  for (let line = 0; line < 20; line++) {
    expect(viewer.text().split(`line ${line}\r\n`).length - 1).toBeLessThanOrEqual(1)
  }
}, 120_000)

test('somebody else does not get at a shell by its id, and it ends with the right to it', async () => {
  await using it = await terminalStage()
  const { organization } = (await it.app.signedIn(getMe)).json() as Me
  const bob = await it.app.addPerson({ email: 'bob@example.com', role: 'admin' })
  const eve = await it.app.addPerson({ email: 'eve@example.com', role: 'user' })
  const ownerViewer = await terminalViewer(it.app, it.nodeId)
  using bobs = await terminalViewer(it.app, it.nodeId, { token: bob.token })
  for (const token of [bob.token, eve.token]) {
    using other = await terminalViewer(it.app, it.nodeId, { token, query: { session: ownerViewer.session() } })
    expect(other.refusedWith()).toBe(token === bob.token ? 404 : 403)
  }
  // Whoever is away loses it as well.
  using second = await terminalViewer(it.app, it.nodeId, { token: bob.token })
  second.socket.terminate()
  expect(it.terminals.count()).toBe(3)
  const answer = await it.app.signedIn(setMemberPermission, {
    params: { orgId: organization?.id, userId: bob.id },
    body: { key: 'nodes.terminal', effect: 'deny' },
  })
  expect(answer.status).toBe(200)
  await until(() => bobs.closed() !== undefined, 2000)
  expect(bobs.ended()).toMatchObject({ reason: 'revoked' })
  await until(() => it.terminals.count() === 1, 2000)
  expect(ownerViewer.closed()).toBeUndefined()
  ownerViewer.socket.terminate()
})

test('a machine that is removed ends its shells', async () => {
  await using it = await terminalStage()
  using viewer = await terminalViewer(it.app, it.nodeId)
  expect((await it.app.signedIn(deleteNode, { params: { id: it.nodeId } })).status).toBe(204)
  await until(() => viewer.closed() !== undefined, 2000)
  expect(viewer.ended()).toMatchObject({ reason: 'closed' })
  await until(() => it.terminals.count() === 0, 2000)
})

test('all that was begun in a shell ends with it, though it left the shell’s session', async () => {
  await using it = await terminalStage()
  using viewer = await terminalViewer(it.app, it.nodeId)
  viewer.type(`setsid sleep 987 & sleep 986 & echo 'begun '${MARK}\r`)
  await viewer.shows(`begun ${MARK}`)
  const running = async () => {
    using asking = await terminalViewer(it.app, it.nodeId)
    asking.type(`ps -eo args | grep -c '^sleep 98[67]'; echo 'end '${MARK}\r`)
    await asking.shows(`end ${MARK}`)
    const count = /(\d+)\r\nend/.exec(asking.text())?.[1]
    asking.say({ type: 'close' })
    return Number(count)
  }
  expect(await running()).toBe(2)
  viewer.type('exit\r')
  await until(() => viewer.closed() !== undefined)
  await until(async () => (await running()) === 0, 20_000)
})

test('a machine whose owner allows no terminals opens none, whatever the control plane believes', async () => {
  await using it = await terminalStage({ isAllowed: false })
  using viewer = await terminalViewer(it.app, it.nodeId)
  await until(() => viewer.ended() !== undefined)
  expect(viewer.ended()).toMatchObject({ reason: 'refused', detail: expect.stringContaining('agent.json') })
  it.agent.state.features.terminal = false
  await until(async () => {
    using program = await terminalViewer(it.app, it.nodeId)
    return program.refusedWith() === 403
  })
  using browser = await terminalViewer(it.app, it.nodeId, { isBrowser: true })
  expect(browser.ended()).toMatchObject({ reason: 'refused', detail: expect.stringContaining('allows no terminals') })
})
