import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type Docker from 'dockerode'
import { AgentError } from '../../errors.ts'
import { callEngine } from './engine-http.ts'

const PROBE_MS = 5000
/** A busy engine may be slow once; servers are not refused for that. */
const MISSES = 2

/** The Docker engine of this machine, if one answers. Its client is loaded only then: it is large. */
export function createEngine(candidates: () => string[] = engineSockets) {
  let socket: string | undefined
  let version: string | null = null
  let client: Promise<Docker> | undefined
  let missed = 0

  async function ask(candidate: string): Promise<string | undefined> {
    try {
      const { status, body } = await callEngine(candidate, 'GET', '/version', PROBE_MS)
      return status === 200 ? (JSON.parse(body) as { Version: string }).Version : undefined
    } catch {
      return undefined
    }
  }

  async function probe(): Promise<void> {
    for (const candidate of candidates()) {
      const answer = await ask(candidate)
      if (answer === undefined) continue
      if (candidate !== socket) client = undefined
      socket = candidate
      version = answer
      missed = 0
      return
    }
    if (++missed >= MISSES) version = null
  }

  return {
    /** Looks whether an engine answers now. */
    probe,
    /** Null where none answers. */
    version: () => version,
    /** Where it listens; undefined as long as none has answered. */
    socket: () => socket,
    /** Throws in words when none answers. */
    async require(): Promise<{ docker: Docker; socket: string }> {
      if (version === null) await probe()
      if (version === null || !socket) {
        throw new AgentError(503, 'engine_unavailable', 'The Docker engine does not answer on this machine.')
      }
      const socketPath = socket
      client ??= import('dockerode').then(({ default: Client }) => new Client({ socketPath }))
      return { docker: await client, socket: socketPath }
    },
  }
}

/** Where engines listen: what DOCKER_HOST says, else the system's own, a rootless one, Docker Desktop's. */
export function engineSockets(): string[] {
  const host = process.env.DOCKER_HOST
  if (host) return host.startsWith('unix://') ? [host.slice(7)] : host.startsWith('npipe://') ? [host.slice(8)] : []
  if (process.platform === 'win32') return ['//./pipe/docker_engine']
  const runtime = process.env.XDG_RUNTIME_DIR
  return [
    '/var/run/docker.sock',
    ...(runtime ? [path.join(runtime, 'docker.sock')] : []),
    path.join(os.homedir(), '.docker/run/docker.sock'),
    path.join(os.homedir(), '.docker/desktop/docker.sock'),
  ].filter((file) => fs.existsSync(file))
}
