import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { proveKillAll } from './kill-all.ts'
import { proveKillServer } from './kill-server.ts'
import { proveMigrationKills } from './migration-kills.ts'
import { proveTotp } from './totp.ts'
import { proveTunnelCuts } from './tunnel-cuts.ts'

// The short form of the long proofs; `npm run prove -- NAME` runs them whole and prints their figure.

test(
  'a control plane that is killed while it writes loses nothing that it acknowledged',
  { timeout: 120_000 },
  async () => {
    const figure = await proveKillServer(5)
    expect(figure.acknowledged).toBeGreaterThan(0)
    expect(figure).toMatchObject({ lost: 0, halfDone: 0, integrity: 'ok', foreignKeys: 0 })
  },
)

test(
  'a server outlives its control plane and its agent, is never started twice, and its console misses nothing',
  { timeout: 180_000 },
  async () => {
    const figure = await proveKillAll(1)
    expect(figure.lines).toBeGreaterThan(0)
    expect(figure).toMatchObject({ wrong: 0, starts: 1, mostAtOnce: 1, gaps: 0 })
  },
)

test(
  'an agent comes back after each way of cutting its tunnel, and the console misses nothing',
  { timeout: 180_000 },
  async () => {
    const figure = await proveTunnelCuts(5)
    expect(figure.lines).toBeGreaterThan(0)
    expect(figure).toMatchObject({ wrong: 0, gaps: 0 })
  },
)

test(
  'a server that moves while agents, network and control plane are killed loses nothing and never runs twice',
  { timeout: 300_000 },
  async () => {
    const figure = await proveMigrationKills(4)
    expect(figure.lines).toBeGreaterThan(0)
    expect(figure).toMatchObject({ wrongLines: 0, lostFiles: 0, strayCopies: 0, mostAtOnce: 1, refusedSeconds: 0 })
  },
)

test('of twenty sign-ins at once with one code exactly one succeeds, and no code is good twice', async () => {
  const figure = await proveTotp(5)
  expect(figure).toMatchObject({ once: 5, spentOnce: 5, more: 0, none: 0, replays: 0, strays: 0, neighboursRefused: 0 })
})

test('npm run prove -- NAME runs the proof and prints its figure', { timeout: 120_000 }, async () => {
  const program = spawn(process.execPath, [join(import.meta.dirname, '..', '..', 'build', 'prove.ts'), 'totp', '1'])
  let said = ''
  program.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
  expect(await once(program, 'exit')).toEqual([0, null])
  expect(JSON.parse(said.trim().split('\n').at(-1) ?? '')).toMatchObject({ rounds: 1, once: 1 })
})
