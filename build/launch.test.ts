import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { findProgram } from './testing/machine.ts'
import { root } from './out.ts'

const run = promisify(execFile)

/** A checkout with the launcher and a script that tells where it runs. `npm` in PATH only writes down how it was called. */
function checkout() {
  const folder = mkdtempSync(join(tmpdir(), 'shardlyn-launch-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(join(folder, 'build'))
  cpSync(join(root, 'build', 'launch.mjs'), join(folder, 'build', 'launch.mjs'))
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  writeFileSync(
    join(folder, 'tell.mjs'),
    'console.log(JSON.stringify({ node: process.versions.node, args: process.argv.slice(2), cwd: process.cwd() }))',
  )
  const lock = (version: string) =>
    writeFileSync(
      join(folder, 'package-lock.json'),
      JSON.stringify({
        packages: { '': {}, 'node_modules/a': { version }, 'node_modules/b-win': { version: '1.0.0', optional: true } },
      }),
    )
  lock('1.0.0')

  const bin = join(folder, 'bin')
  mkdirSync(bin)
  // Stands for npm: a real install of this project takes a minute and is proved by a fresh clone.
  const npm = `#!${process.execPath}
import { mkdirSync, writeFileSync, appendFileSync, readFileSync } from 'node:fs'
appendFileSync('npm.log', JSON.stringify({ args: process.argv.slice(2), nodedir: process.env.npm_config_nodedir }) + '\\n')
if (process.env.NPM_FAILS) process.exit(7)
mkdirSync('node_modules', { recursive: true })
const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'))
delete packages['']; delete packages['node_modules/b-win']
writeFileSync('node_modules/.package-lock.json', JSON.stringify({ packages }))
`
  writeFileSync(join(bin, 'npm'), npm)
  chmodSync(join(bin, 'npm'), 0o755)

  const env = (extra: NodeJS.ProcessEnv = {}) => {
    const { npm_execpath: _, npm_node_execpath: __, ...rest } = process.env
    return { ...rest, PATH: `${bin}:${process.env['PATH']}`, ...extra }
  }
  return {
    folder,
    lock,
    env,
    start: (args: string[], extra?: NodeJS.ProcessEnv, node = process.execPath) =>
      run(node, [join(folder, 'build', 'launch.mjs'), ...args], { env: env(extra), cwd: '/' }),
    installs: () => {
      const log = join(folder, 'npm.log')
      return existsSync(log)
        ? readFileSync(log, 'utf8')
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line) as { args: string[]; nodedir: string })
        : []
    },
  }
}
const lastLine = (text: string) => text.trim().split('\n').at(-1) ?? ''

test('the first start installs, says so, and runs the script with its arguments in the checkout', async () => {
  const { folder, start, installs } = checkout()
  const { stdout } = await start(['tell.mjs', '--port', '1'])

  expect(stdout).toContain('First start: installing the dependencies.')
  expect(JSON.parse(lastLine(stdout))).toEqual({ node: process.versions.node, args: ['--port', '1'], cwd: folder })
  expect(installs()).toEqual([
    {
      args: ['ci', '--no-audit', '--no-fund', '--loglevel=error'],
      nodedir: expect.stringContaining('node_modules/node-') as string,
    },
  ])
})

test('a later start installs nothing; a changed lockfile installs again, a touched one does not', async () => {
  const { folder, start, installs, lock } = checkout()
  await start(['tell.mjs'])
  await start(['tell.mjs'])
  expect(installs()).toHaveLength(1)

  const later = new Date(Date.now() + 60_000)
  utimesSync(join(folder, 'package-lock.json'), later, later)
  await start(['tell.mjs'])
  expect(installs()).toHaveLength(1)

  lock('2.0.0')
  utimesSync(join(folder, 'package-lock.json'), later, later)
  const { stdout } = await start(['tell.mjs'])
  expect(stdout).toContain('The dependencies have changed')
  expect(installs()).toHaveLength(2)
})

test('npm’s own copy is used when npm started us', async () => {
  const { folder, start, installs } = checkout()
  const cli = join(folder, 'npm-cli.js')
  cpSync(join(folder, 'bin', 'npm'), cli)
  writeFileSync(join(folder, 'bin', 'npm'), '#!/bin/sh\nexit 9\n')
  await start(['tell.mjs'], { npm_execpath: cli, npm_node_execpath: process.execPath })

  expect(installs()).toHaveLength(1)
})

test('an install that fails ends the start with its code and a plain sentence', async () => {
  const { start } = checkout()
  const failed = await start(['tell.mjs'], { NPM_FAILS: '1' }).catch((error: { code: number; stderr: string }) => error)

  expect(failed).toMatchObject({ code: 7, stderr: expect.stringContaining('could not be installed') as string })
})

test('the exit code of the script is ours', async () => {
  const { folder, start } = checkout()
  writeFileSync(join(folder, 'fail.mjs'), 'process.exit(23)')
  writeFileSync(join(folder, 'build', 'fail.mjs'), 'process.exit(24)')

  await expect(start(['fail.mjs'])).rejects.toMatchObject({ code: 23 })
  await expect(start(['build/fail.mjs'])).rejects.toMatchObject({ code: 24 })
})

test('a signal reaches the script, and its answer is ours', async () => {
  const { folder, env } = checkout()
  writeFileSync(
    join(folder, 'wait.mjs'),
    "process.on('SIGTERM', () => process.exit(5)); setInterval(() => {}, 1000); console.log('up')",
  )
  const child = spawn(process.execPath, [join(folder, 'build', 'launch.mjs'), 'wait.mjs'], {
    env: env(),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  for await (const line of createInterface(child.stdout)) {
    if (line === 'up') break
  }
  child.kill('SIGTERM')

  expect((await ended)[0]).toBe(5)
})

const oldNode = ['/usr/bin/node', findProgram('node')].find(
  (path) => path && existsSync(path) && path !== process.execPath,
)

test('under an older Node the script runs under ours', async (context) => {
  const version = oldNode ? (await run(oldNode, ['-p', 'process.versions.node'])).stdout.trim() : ''
  context.skip(!/^2[0-3]\./.test(version), 'no Node older than 24 on this machine')
  const { folder, start } = checkout()
  await start(['tell.mjs'])
  const place = join(folder, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin')
  mkdirSync(place, { recursive: true })
  writeFileSync(join(place, 'node'), `#!/bin/sh\nexec ${process.execPath} "$@"\n`, { mode: 0o755 })
  const { stdout } = await start(['tell.mjs'], {}, oldNode)

  expect(JSON.parse(lastLine(stdout))).toMatchObject({ node: process.versions.node })
})

test('without any Node 24 it says what to install', async (context) => {
  const version = oldNode ? (await run(oldNode, ['-p', 'process.versions.node'])).stdout.trim() : ''
  context.skip(!/^2[0-3]\./.test(version), 'no Node older than 24 on this machine')
  const { start } = checkout()
  const failed = await start(['tell.mjs'], {}, oldNode).catch((error: { code: number; stderr: string }) => error)

  expect(failed).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('Install Node 24 from nodejs.org') as string,
  })
})
