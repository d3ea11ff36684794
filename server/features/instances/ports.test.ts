import { expect, test } from 'vitest'
import { listInstances } from '#contract/instances'
import { game, stage } from '#server/testing/stage'

test('fifty deployments at once never share a port or a name', async () => {
  await using it = await stage({}, { ...game, ports: [{ name: 'game', containerPort: 25565, alsoUdp: true }] })
  const answers = await Promise.all(Array.from({ length: 50 }, () => it.deploy()))
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 202))
  const ports = answers.flatMap(({ instance }) =>
    instance.ports.map(({ host_port, protocol }) => `${host_port}/${protocol}`),
  )
  expect(new Set(ports).size).toBe(100)
  expect(new Set(answers.map(({ instance }) => instance.name)).size).toBe(50)
  for (const { instance } of answers) expect(instance.ports[0]?.host_port).toBe(instance.ports[1]?.host_port)
})

test('ports that the machine listens on are not given out, and a wished one says who has it', async () => {
  await using it = await stage({
    listening: [
      { port: 25565, protocol: 'udp', process: 'other-game' },
      { port: 25000, protocol: 'tcp', process: null },
    ],
  })
  const first = (await it.deploy()).instance
  expect(first.ports.map(({ host_port }) => host_port)).toEqual([25001, 25001, 25002])
  const busy = await it.deploy({ ports: [{ name: 'game', host_port: 25565 }] })
  expect([busy.status, busy.json()]).toMatchObject([
    409,
    { code: 'port_taken', error: expect.stringContaining('other-game') },
  ])
  const ours = await it.deploy({ ports: [{ name: 'query', host_port: 25001 }] })
  expect([ours.status, ours.json()]).toMatchObject([
    409,
    { code: 'port_taken', error: expect.stringContaining('the server game-1') },
  ])
  expect((await it.deploy({ ports: [{ name: 'query', host_port: 31000 }] })).instance.ports[2]?.host_port).toBe(31000)
})

test('a range without a free port is refused in words', async () => {
  await using it = await stage(
    {},
    {
      ...game,
      ports: [
        { name: 'a', containerPort: 80 },
        { name: 'b', containerPort: 81 },
      ],
    },
  )
  await it.app.control.db.updateTable('nodes').set({ port_start: 30_000, port_end: 30_002 }).execute()
  expect((await it.deploy()).status).toBe(202)
  const full = await it.deploy()
  expect([full.status, full.json()]).toMatchObject([
    409,
    { code: 'no_free_port', error: expect.stringContaining('30000 to 30002') },
  ])
  expect((await it.app.signedIn(listInstances)).json().items).toHaveLength(1)
})
