import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { getMe } from '#contract/auth'
import { call } from './api.ts'
import { type Account, saveAccount } from './config.ts'
import { Failure } from './failure.ts'

/** Asks for something without showing what is typed; from a pipe it is read to the end. */
async function askSecretly(question: string): Promise<string> {
  if (!process.stdin.isTTY) return (await text(process.stdin)).trim()
  process.stderr.write(question)
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true })
  const answer = await new Promise<string>((resolve) => lines.question('', resolve))
  lines.close()
  process.stderr.write('\n')
  return answer.trim()
}

function originOf(given: string): string {
  const text = given.includes('://') ? given : `https://${given}`
  if (!URL.canParse(text) || !/^https?:/.test(text)) throw new Failure(`${given} is no address of a server.`)
  return new URL(text).origin
}

/** Keeps where the control plane is and a token for it, once that was tried. The token never stands on the command line. */
export async function signIn(given: string, fingerprint: string | null): Promise<void> {
  const url = originOf(given)
  if (fingerprint !== null && !/^sha256\/\/[A-Za-z0-9+/]{43}=$/.test(fingerprint)) {
    throw new Failure('A fingerprint is sha256//… as the dashboard shows it.')
  }
  const token = await askSecretly(
    `API token for ${url} (Settings, API tokens; scopes nodes.view and nodes.ssh.login): `,
  )
  if (!/^[\x21-\x7e]{8,500}$/.test(token)) throw new Failure('That is no API token.')
  const account: Account = { url, fingerprint, token }
  const { email } = await call(account, getMe)
  saveAccount(account)
  process.stdout.write(`Signed in to ${url} as ${email}.\n`)
}
