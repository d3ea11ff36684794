import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { agentFiles, PROTOCOL_VERSION, registerAgent } from '#contract/agent'
import { AgentError } from './errors.ts'
import { isMissing, readJsonSync, writeJson } from './state.ts'
import { type ControlPlane, request as ask } from './trust.ts'
import { agentVersion } from './version.ts'

export type Identity = { node_id: string; agent_token: string }

const isIdentity = (value: unknown): value is Identity =>
  typeof value === 'object' &&
  value !== null &&
  'node_id' in value &&
  'agent_token' in value &&
  typeof value.node_id === 'string' &&
  typeof value.agent_token === 'string'

/** Who this machine is to its control plane; undefined before it registered. */
export function readIdentity(dataDir: string): Identity | undefined {
  const value = readJsonSync(path.join(dataDir, agentFiles.identity))
  return isIdentity(value) ? value : undefined
}

/** The registration token that somebody put down for us, if any. */
export function readToken(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8').trim() || undefined
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** Spends a registration token for an identity, which is on the disk before the token's file goes. */
export async function register(input: {
  server: ControlPlane
  token: string
  tokenFile: string
  dataDir: string
  name?: string | undefined
  labels?: Record<string, string> | undefined
}): Promise<Identity> {
  const answer = await post(input.server, registerAgent.url, {
    token: input.token,
    ...(input.name !== undefined && { name: input.name }),
    ...(input.labels && { labels: input.labels }),
    hostname: os.hostname().slice(0, 253) || 'machine',
    platform: process.platform,
    arch: process.arch,
    agent_version: agentVersion,
    protocol: PROTOCOL_VERSION,
  })
  if (!isIdentity(answer)) throw new Error('The control plane did not answer with an identity.')
  const identity = { node_id: answer.node_id, agent_token: answer.agent_token }
  await writeJson(path.join(input.dataDir, agentFiles.identity), identity)
  fs.rmSync(input.tokenFile, { force: true })
  return identity
}

/** Not `fetch`: it would keep several megabytes in memory for the one request of a lifetime. */
export function post(
  server: ControlPlane,
  route: string,
  body: object,
  headers: Record<string, string> = {},
): Promise<unknown> {
  const payload = JSON.stringify(body)
  return new Promise((resolve, reject) => {
    const request = ask(server, route, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) },
      timeout: 15_000,
    })
    request.on('timeout', () => request.destroy(new Error('The control plane did not answer in time.')))
    request.on('error', reject)
    request.on('response', (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
        if (text.length > 65_536) response.destroy(new Error('The answer is too long.'))
      })
      response.on('error', reject)
      response.on('end', () => {
        const status = response.statusCode ?? 0
        let value: unknown
        try {
          value = JSON.parse(text)
        } catch {
          return reject(new Error(`${server.url} does not answer as a control plane does (status ${status}).`))
        }
        if (status === 201) return resolve(value)
        const said =
          typeof value === 'object' && value !== null && 'error' in value ? String(value.error) : `status ${status}`
        return reject(new AgentError(status, 'registration_refused', said))
      })
    })
    request.end(payload)
  })
}

/** How a request without a body is answered; what it answers with is not looked at. */
export function statusOf(server: ControlPlane, route: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = ask(server, route, { headers, timeout: 15_000 })
    request.on('timeout', () => request.destroy(new Error('The control plane did not answer in time.')))
    request.on('error', reject)
    request.on('response', (response) => {
      resolve(response.statusCode ?? 0)
      request.destroy()
    })
    request.end()
  })
}
