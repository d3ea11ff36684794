import fs from 'node:fs'
import path from 'node:path'
import { agentFiles, openTunnel } from '#contract/agent'
import { createRegisterToken } from '#contract/nodes'
import { AgentError, invalid } from '#agent/errors'
import { statusOf, post, readIdentity, readToken, register } from '#agent/identity'
import { readSettings } from '#agent/settings'
import { writeDurably, writeJson } from '#agent/state'
import { type ControlPlane, parseFingerprint, readServer } from '#agent/trust'
import { type Choices, describeSettings, mergeSettings } from './settings.ts'

export type Setup = {
  dataDir: string
  server: string | undefined
  fingerprint: string | undefined
  /** Each from the environment or a file, never from the command line, where every user would see it. */
  token: string | undefined
  apiToken: string | undefined
  name: string | undefined
  labels: Record<string, string> | undefined
  choices: Choices
  say: (line: string) => void
}

/** Prepares a machine before its service starts: settings, where the control plane is, and joining it where it is not known there yet. */
export async function setUp(setup: Setup): Promise<void> {
  const { dataDir, say } = setup
  const settings = mergeSettings(readSettings(dataDir), setup.choices)
  await writeDurably(path.join(dataDir, agentFiles.settings), `${JSON.stringify(settings, null, 2)}\n`)
  for (const line of describeSettings(settings)) say(`  ${line}`)
  const server = { ...(await noteServer(setup)), preferIpv4: settings.prefer_ipv4 ?? false }
  if (!setup.token && !setup.apiToken && readIdentity(dataDir)) return
  const status = await standing(dataDir, server)
  if (status === 'known') return say('- This machine has joined already; the token was not needed.')
  await join(setup, server)
}

async function noteServer({ dataDir, server, fingerprint }: Setup): Promise<ControlPlane> {
  if (server !== undefined) {
    if (fingerprint !== undefined) parseFingerprint(fingerprint)
    const place = { url: server, ...(fingerprint !== undefined && { fingerprint }) }
    await writeJson(path.join(dataDir, agentFiles.server), place)
    return place
  }
  const known = readServer(dataDir)
  if (known) return known
  throw invalid('no_server', 'It is not known where the control plane is. Give --server.')
}

/** Whether the control plane knows us: it asks for the token before it looks at anything else. */
async function standing(dataDir: string, server: ControlPlane): Promise<'known' | 'unknown'> {
  const identity = readIdentity(dataDir)
  if (!identity) return 'unknown'
  const status = await statusOf(server, openTunnel.url, { 'x-agent-token': identity.agent_token })
  return status === 401 ? 'unknown' : 'known'
}

async function join({ dataDir, token, apiToken, name, labels, say }: Setup, server: ControlPlane): Promise<void> {
  const tokenFile = path.join(dataDir, agentFiles.token)
  const spent = token ?? (apiToken === undefined ? readToken(tokenFile) : await tokenBy(server, apiToken))
  if (spent === undefined) throw invalid('needs_token', 'There is no token to join with. Give --token.')
  const { node_id } = await register({ server, token: spent, tokenFile, dataDir, name, labels })
  say(`- This machine has joined as ${node_id}.`)
}

/** A registration token of our own, by an API token whose scopes include nodes.create. */
async function tokenBy(server: ControlPlane, apiToken: string): Promise<string> {
  const answer = await post(
    server,
    createRegisterToken.url,
    { expires_in: 600 },
    { authorization: `Bearer ${apiToken}` },
  )
  if (typeof answer === 'object' && answer !== null && 'token' in answer && typeof answer.token === 'string') {
    return answer.token
  }
  throw new AgentError(502, 'no_token', 'The control plane did not answer with a registration token.')
}

/** The secret that lies in a file. */
export const secretIn = (file: string | undefined): string | undefined =>
  file === undefined ? undefined : fs.readFileSync(file, 'utf8').trim() || undefined
