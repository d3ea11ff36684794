import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { getMe, refresh, type Tokens } from '#contract/auth'
import { createClient, Refused, startServerProcess } from '#server/testing/process'

/** Two tabs renew one session at the same moment, round after round; counts how often one of them is signed out for it. */
export async function proveRefreshRaces(rounds: number, say: (line: string) => void = () => {}) {
  const dataDir = mkdtempSync(join(tmpdir(), 'shardlyn-prove-'))
  const server = await startServerProcess({ dataDir })
  const client = createClient(server.url)
  const isOpen = async ({ access_token }: Tokens) => {
    const answer = await fetch(new URL(getMe.url, server.url), { headers: { authorization: `Bearer ${access_token}` } })
    return answer.ok
  }
  try {
    const begun = performance.now()
    const first = await client.signIn()
    // Even rounds: the tabs share what the later one stored. Odd rounds: each goes on with its own.
    let tabs = [first, first]
    let falseLogOuts = 0
    let refreshes = 0
    for (let round = 0; round < rounds; round++) {
      const renewed = await Promise.all(
        tabs.map(async ({ refresh_token }, tab) => {
          if (tab === 1) await wait(Math.random() * 4)
          refreshes++
          return client.call(refresh, { body: { refresh_token } })
        }),
      ).catch((error: unknown) => {
        if (!(error instanceof Refused)) throw error
        falseLogOuts++
        return [] as Tokens[]
      })
      for (const tokens of renewed) if (!(await isOpen(tokens))) falseLogOuts++
      const [one, two] = renewed
      if (!one || !two) {
        const again = await client.signIn()
        tabs = [again, again]
      } else tabs = round % 2 === 0 ? [one, two] : [two, two]
      if ((round + 1) % 200 === 0) say(`${round + 1} rounds, ${falseLogOuts} false log-outs`)
    }
    const ms = performance.now() - begun
    // And a theft is still noticed: a token that two others have followed.
    const [old = first] = tabs
    const next = await client.call(refresh, { body: { refresh_token: old.refresh_token } })
    const newest = await client.call(refresh, { body: { refresh_token: next.refresh_token } })
    const stolen = await client.call(refresh, { body: { refresh_token: old.refresh_token } }).catch(() => undefined)
    const theftNoticed = stolen === undefined && !(await isOpen(newest))
    return { rounds, refreshes, falseLogOuts, theftNoticed, refreshesPerSecond: Math.round((refreshes / ms) * 1000) }
  } finally {
    await server.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

if (import.meta.main) {
  const figure = await proveRefreshRaces(Number(process.argv[2] ?? 1000), (line) => process.stdout.write(`${line}\n`))
  process.stdout.write(`${JSON.stringify(figure)}\n`)
  if (figure.falseLogOuts > 0 || !figure.theftNoticed) process.exitCode = 1
}
