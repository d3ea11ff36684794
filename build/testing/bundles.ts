import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundleName, bundleParts } from '#server/features/install/releases'
import { packBundle } from '#server/features/install/pack'
import { makeLan, type Machine } from '#server/testing/machines'
import { testApp } from '#server/testing/app'
import { createClient } from '#server/testing/process'
import { version } from '#server/version'
import type { AddressInfo } from 'node:net'
import { bundleAgent } from '../agent-bundle.ts'
import { root } from '../out.ts'

/** A folder of bundles for tests: the real agent, packed once, and others made of it. */
export async function makeBundles() {
  const home = mkdtempSync(join(tmpdir(), 'shardlyn-bundles-'))
  const agent = join(home, 'agent')
  await bundleAgent({ outDir: agent })
  const node = join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node')
  const from = { agent, node, scripts: join(root, 'resources') }
  const name = bundleName(version, 'linux-x64')
  async function pack(folder: string, source: string): Promise<string> {
    mkdirSync(join(home, folder))
    await packBundle(join(home, folder, name), bundleParts(version, { ...from, agent: source }))
    return join(home, folder)
  }
  return {
    name,
    good: await pack('good', agent),
    /** One whose agent begins with other words. */
    async broken(folder: string, words: string): Promise<string> {
      const source = join(home, `${folder}-agent`)
      cpSync(agent, source, { recursive: true })
      writeFileSync(join(source, 'agent.js'), `${words}\n${readFileSync(join(source, 'agent.js'), 'utf8')}`)
      return pack(folder, source)
    },
    remove: () => rmSync(home, { recursive: true, force: true }),
  }
}
export type Bundles = Awaited<ReturnType<typeof makeBundles>>

/** A control plane that other machines reach, with bundles from a folder that a test may fill. */
export async function controlPlane(releases: string) {
  const lan = makeLan()
  let port = 0
  const app = await testApp({
    config: { host: '0.0.0.0', agentReleases: { folder: releases } },
    port: () => port,
  })
  await app.app.listen({ host: '0.0.0.0', port: 0 })
  port = (app.app.server.address() as AddressInfo).port
  const client = createClient(`http://127.0.0.1:${port}`)
  await client.signIn()
  return {
    app,
    client,
    lan,
    /** As machines know it. */
    url: `http://${lan.gateway}:${port}`,
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]()
      await lan[Symbol.asyncDispose]()
    },
  }
}
export type ControlPlane = Awaited<ReturnType<typeof controlPlane>>

const prefix = '/opt/shardlyn-agent'

/** Makes the agent of a machine an older version of itself, as it would have been installed long ago. */
export async function makeOlder(machine: Machine, older: string): Promise<void> {
  await machine.run('sh', [
    '-ec',
    `"$0/shardlyn-agent-supervise" stop
     cd "$0/versions" && mv "$1" "$2"
     grep -rlF "$1" "$2/agent" --include='*.js' --exclude-dir=node_modules | xargs sed -i "s/$1/$2/g"
     echo "$2" >"$2/VERSION"; echo older >"$2/.sha256"
     ln -sfn "versions/$2" "$0/current"
     "$0/shardlyn-agent-supervise" start`,
    prefix,
    version,
    older,
  ])
}

/** Runs the script as it is served, with a shell of our choice. */
export async function install(
  { url }: { url: string },
  machine: Machine,
  flags: readonly string[] = [],
  { env = {}, shell = ['sh'] }: { env?: NodeJS.ProcessEnv; shell?: readonly string[] } = {},
): Promise<string> {
  const script = await (await fetch(new URL('/install.sh', url))).text()
  await machine.write('/root/install.sh', script)
  const [program = 'sh', ...before] = shell
  return machine.run(program, [...before, '/root/install.sh', '--server', url, ...flags], { env })
}

/** What every process of a machine was started with, and every file that holds a word. */
export async function whereIs(machine: Machine, word: string): Promise<{ processes: string; files: string }> {
  const processes = await machine.run('ps', ['axeww', '-o', 'args'])
  const files = await machine
    .run('grep', ['-rlF', '--', word, prefix, '/var/lib/shardlyn-agent', '/etc/init.d', '/tmp', '/run'])
    .catch(() => '')
  return {
    processes: processes
      .split('\n')
      .filter((line) => line.includes(word) && !line.includes('ps axeww'))
      .join('\n'),
    files,
  }
}

export const versionsOn = async (machine: Machine): Promise<string[]> =>
  (await machine.run('ls', [`${prefix}/versions`])).trim().split('\n').sort()
