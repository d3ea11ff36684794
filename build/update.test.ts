import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listActivity } from '#contract/activity'
import { updateAgent } from '#contract/install'
import { createRegisterToken, getNode } from '#contract/nodes'
import { machinesMissing } from '#server/testing/machines'
import type { Refused } from '#server/testing/process'
import { deployScript, eventually, untilState } from '#server/testing/scenario'
import { version } from '#server/version'
import {
  type Bundles,
  type ControlPlane,
  controlPlane,
  install,
  makeBundles,
  makeOlder,
  versionsOn,
} from './testing/bundles.ts'

// An agent that becomes another version, on a machine of its own. The older one is the real one under an older name.

let bundles: Bundles
let plane: ControlPlane
let offered = ''
const isPossible = machinesMissing === '' && process.arch === 'x64'

beforeAll(async () => {
  if (!isPossible) return
  bundles = await makeBundles()
  offered = mkdtempSync(join(tmpdir(), 'shardlyn-offered-'))
  offer(bundles.good)
  plane = await controlPlane(offered)
}, 180_000)
afterAll(async () => {
  await plane?.[Symbol.asyncDispose]()
  bundles?.remove()
  rmSync(offered, { recursive: true, force: true })
})

const offer = (folder: string) => {
  rmSync(join(offered, bundles.name), { force: true })
  cpSync(join(folder, bundles.name), join(offered, bundles.name))
}
const OLDER = '0.0.9'

describe.skipIf(!isPossible)(`updates of an agent${machinesMissing}`, { timeout: 180_000 }, () => {
  test('an agent becomes the new version, or stays what it is when that does not work; servers run on', async () => {
    const { client } = plane
    await using attic = await plane.lan.machine('attic')
    await install(plane, attic, ['--token', (await client.call(createRegisterToken, { body: {} })).token])
    const { node, instance } = await deployScript(client, 'ticker', "setInterval(() => console.log('tick'), 100)")
    const params = { id: node.id }
    const { pid } = await untilState(client, instance.id, 'running', 60_000)
    const see = () => client.call(getNode, { params })
    const untilVersion = (wanted: string) =>
      eventually(see, (now) => now.agent_version === wanted && now.state === 'healthy', `version ${wanted}`, 60_000)
    const failure = () =>
      eventually(
        see,
        ({ features, state }) => state === 'healthy' && features.update?.state === 'failed',
        'the update to fail',
        60_000,
      )

    expect(await client.call(updateAgent, { params }).catch((error: Refused) => error.problem.code)).toBe(
      'agent_is_current',
    )
    await makeOlder(attic, OLDER)
    const older = await untilVersion(OLDER)
    expect([older.update_available, older.features.is_updatable]).toEqual([version, true])

    // It ends at every start, but says its version when asked.
    offer(await bundles.broken('crashes', "if (!process.argv.includes('--version')) process.exit(3)"))
    expect(await client.call(updateAgent, { params })).toEqual({ version })
    const fallen = await failure()
    expect([fallen.agent_version, fallen.features.update]).toEqual([
      OLDER,
      { version, at: expect.any(String), state: 'failed', reason: 'It ended soon after its start, three times.' },
    ])
    expect(await attic.run('readlink', ['/opt/shardlyn-agent/current'])).toBe(`versions/${OLDER}\n`)

    // It does not even say its version.
    offer(await bundles.broken('useless', 'process.exit(4)'))
    await client.call(updateAgent, { params })
    const kept = await failure()
    expect(kept.agent_version).toBe(OLDER)
    expect(kept.features.update?.reason).toContain('shardlyn-agent --version')

    // Two at once: one of them.
    offer(bundles.good)
    const [first, second] = await Promise.allSettled([
      client.call(updateAgent, { params }),
      client.call(updateAgent, { params }),
    ])
    expect([first?.status, second?.status].sort()).toEqual(['fulfilled', 'rejected'])
    const updated = await untilVersion(version)
    expect([updated.update_available, updated.features.update]).toEqual([null, null])
    expect(await untilState(client, instance.id, 'running', 60_000)).toMatchObject({ pid })
    await attic.run('test', ['!', '-e', '/opt/shardlyn-agent/trial'])
    expect((await versionsOn(attic)).map((name) => name.split('+')[0])).toEqual([OLDER, version, version])

    const { items } = await client.call(listActivity, { query: {} })
    expect(items.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['node.agent_update_started', 'node.agent_updated']),
    )
  })
})
