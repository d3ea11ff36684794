// npm test: prepares the machine, builds, runs every test, and says what was skipped and why. Arguments choose files.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureBuilt, root } from './out.ts'
import { ensureEngine } from './testing/docker.ts'
import { findProgram, prepareMachine } from './testing/machine.ts'
import { describe, readSummary, SUMMARY_FILE, type Summary } from './testing/summary.ts'

const args = process.argv.slice(2)
const browserArgs = args.filter((arg) => arg.startsWith('e2e'))
const vitestArgs = args.filter((arg) => !arg.startsWith('e2e'))
const runsVitest = args.length === 0 || vitestArgs.length > 0
const runsBrowser = args.length === 0 || browserArgs.length > 0

const lacks = prepareMachine()
await ensureBuilt()
const folder = mkdtempSync(join(tmpdir(), 'shardlyn-test-'))
const engine = await ensureEngine(folder)
if (typeof engine === 'string') {
  console.log(`Tests that need Docker are skipped: ${engine}.`)
  if (!lacks.includes('a Docker engine')) lacks.push('a Docker engine')
}

let running: ReturnType<typeof spawn> | undefined
let isInterrupted = false
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    isInterrupted = true
    if (signal !== 'SIGINT' || !process.stdin.isTTY) running?.kill(signal)
  })
}

/** Runs one test runner. One that leaves no summary has failed, whatever it printed. */
async function run(name: string, script: string, runnerArgs: string[], env: NodeJS.ProcessEnv = {}): Promise<Summary> {
  if (isInterrupted) return { passed: 0, failed: [], skipped: [] }
  const file = join(folder, `${name}.json`)
  const child = spawn(process.execPath, [join(root, 'node_modules', script), ...runnerArgs], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env, [SUMMARY_FILE]: file },
  })
  running = child
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve))
  const summary = readSummary(file)
  if (!summary) return { passed: 0, failed: [{ name, why: 'it came to no end' }], skipped: [] }
  const unsaid = code !== 0 && summary.failed.length === 0
  return unsaid ? { ...summary, failed: [{ name, why: `its exit code was ${code}` }] } : summary
}

const summaries: Summary[] = []
try {
  if (runsVitest) {
    const reporters = ['--reporter=default', '--reporter=./build/testing/vitest-reporter.ts']
    summaries.push(await run('vitest', 'vitest/vitest.mjs', ['run', ...reporters, ...vitestArgs]))
  }
  if (runsBrowser) {
    const reporters = ['--reporter=list,./build/testing/playwright-reporter.ts']
    const config = ['test', '--config=e2e/playwright.config.ts', ...browserArgs]
    const noBrowser = findProgram('chromium') ? undefined : 'no Chromium on this machine'
    summaries.push(
      noBrowser
        ? await run('browser', '@playwright/test/cli.js', [...config, ...reporters, '--list'], {
            SHARDLYN_NO_BROWSER: noBrowser,
          })
        : await run('browser', '@playwright/test/cli.js', [...config, ...reporters]),
    )
  }
} finally {
  if (typeof engine !== 'string') await engine.stop()
  rmSync(folder, { recursive: true, force: true })
}
console.log(describe(summaries, lacks))
process.exit(isInterrupted || summaries.some(({ failed }) => failed.length > 0) ? 1 : 0)
