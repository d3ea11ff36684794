import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundleCommandLine } from '../build/cli-bundle.ts'
import { createApiToken } from '#contract/api-tokens'
import { getCaPublicKey } from '#contract/ssh'
import { sshMachine } from '#server/testing/ssh-machine'

/** Built once, for this is what people run. */
const built = mkdtempSync(join(tmpdir(), 'shardlyn-cli-built-'))
process.on('exit', () => rmSync(built, { recursive: true, force: true }))
await bundleCommandLine(built)
const program = join(built, 'shardlyn.mjs')

type Ran = { code: number | null; out: string; err: string; bytes: Buffer }

export function run(
  command: string,
  args: readonly string[],
  { input = '', env = {} }: { input?: string | Buffer; env?: NodeJS.ProcessEnv } = {},
): Promise<Ran> {
  const child = spawn(command, args, { env: { ...process.env, ...env } })
  const out: Buffer[] = []
  let err = ''
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      const bytes = Buffer.concat(out)
      resolve({ code, out: bytes.toString(), err, bytes })
    })
  })
}

/** A machine whose sshd trusts the control plane's CA, and the command line in a folder of its own, signed in. */
export async function commandLine(scopes = ['nodes.view', 'nodes.ssh.login', 'nodes.ssh.root']) {
  const it = await sshMachine()
  const folder = mkdtempSync(join(tmpdir(), 'shardlyn-cli-'))
  const env = { SHARDLYN_CONFIG_DIR: join(folder, 'config') }
  const { token } = (await it.app.signedIn(createApiToken, { body: { name: 'cli', scopes } })).json() as {
    token: string
  }
  const cli = (args: readonly string[], input: string | Buffer = '') =>
    run(process.execPath, [program, ...args], { input, env })
  const signedIn = await cli(['login', it.app.url], token)
  if (signedIn.code !== 0) throw new Error(signedIn.err)
  it.sshd.trust((await it.app.call(getCaPublicKey)).text, 'root', [`root@${it.nodeId}`])
  return {
    ...it,
    folder,
    env,
    token,
    cli,
    signedIn,
    async [Symbol.asyncDispose]() {
      await it[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
