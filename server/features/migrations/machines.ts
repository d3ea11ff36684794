import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import type { Static } from 'typebox'
import { agentPaths, type InstanceSpec, ObservedInstance } from '#contract/agent'
import { ManifestEntry } from '#contract/migrations'
import { urlFor } from '#contract/operation'
import {
  type ExportRequest,
  ExportState,
  ImportDone,
  manifestLine,
  Received,
  ReceivedMany,
  transferLimits,
} from '#contract/transfer'
import { AppError, conflict, unavailable } from '#server/errors'
import type { Agents } from '#server/tunnel/agents'
import { fits } from '#server/tunnel/checks'
import { BadLine, jsonLines } from '#server/tunnel/lines'
import type { MigrationRow } from './store.ts'

/** A stop may take long; who asks comes again. */
const HOLD_TIMEOUT_MS = 30_000
const BEGIN_TIMEOUT_MS = 120_000

/** Each machine’s hold has a name of its own, so that what was meant for one, or for an earlier step, never loosens another. */
export const tokensOf = ({ token }: Pick<MigrationRow, 'token'>) => ({
  source: `${token}.source`,
  target: `${token}.target`,
  back: `${token}.back`,
})

export type Manifest = { entries: ManifestEntry[]; digest: string; files: number; bytes: number }

/** What the two agents of a move are asked. */
export function createMachines(agents: Agents) {
  const pathOf = (url: string, id: string, query: Record<string, string | number> = {}) =>
    urlFor({ url: url as `/${string}` }, { params: { id }, query })

  /** The lines of an agent, each checked; more of them than there may be are refused before they are kept. */
  async function* lines<S extends typeof ManifestEntry | typeof Received>(
    schema: S,
    nodeId: string,
    path: string,
    signal: AbortSignal,
  ) {
    const { stream } = await agents.stream(nodeId, { method: 'GET', path, signal, timeoutMs: BEGIN_TIMEOUT_MS })
    let count = 0
    try {
      for await (const value of jsonLines(stream, transferLimits.lineBytes)) {
        if (!fits(schema, value)) throw conflict('agent_answer_unusable', 'The agent told something that cannot be.')
        if (++count > transferLimits.entries + 1) {
          throw conflict('too_many_files', `It has more than ${transferLimits.entries} files, which cannot be moved.`)
        }
        yield value
      }
    } catch (error) {
      if (error instanceof AppError) throw error
      if (error instanceof BadLine) throw conflict('agent_answer_unusable', `The agent sent ${error.message}.`)
      throw unavailable('node_offline', 'The connection to the machine was lost.', error)
    } finally {
      stream.destroy()
    }
  }

  async function beginExport(
    nodeId: string,
    id: string,
    json: Static<typeof ExportRequest>,
    patience: { timeoutMs: number; signal: AbortSignal },
  ): Promise<ExportState> {
    const path = pathOf(agentPaths.exportBegin, id)
    return (await agents.request(nodeId, { method: 'POST', path, json, ...patience })).json(ExportState)
  }

  return {
    /** How much there is to move, and whether it can be. */
    look: (nodeId: string, id: string, token: string, signal: AbortSignal) =>
      beginExport(nodeId, id, { token, hold: false }, { timeoutMs: BEGIN_TIMEOUT_MS, signal }),
    /** Answers whether it has stopped. */
    hold: (nodeId: string, id: string, token: string, signal: AbortSignal) =>
      beginExport(nodeId, id, { token, hold: true }, { timeoutMs: HOLD_TIMEOUT_MS, signal }),
    async release(nodeId: string, id: string, token: string) {
      const path = pathOf(agentPaths.exportBegin, id, { token })
      return (await agents.request(nodeId, { method: 'DELETE', path })).json(ObservedInstance)
    },
    async observe(nodeId: string, id: string) {
      return (await agents.request(nodeId, { method: 'GET', path: pathOf(agentPaths.instance, id) })).json(
        ObservedInstance,
      )
    },
    /** Only while the token holds it. */
    async remove(nodeId: string, id: string, token: string): Promise<void> {
      const path = pathOf(agentPaths.instance, id, { data: 'delete', moved: token })
      await agents.request(nodeId, { method: 'DELETE', path, timeoutMs: BEGIN_TIMEOUT_MS })
    },
    async beginImport(
      nodeId: string,
      request: { token: string; spec: InstanceSpec; install: ExportState['install']; bytes: number },
      signal: AbortSignal,
    ): Promise<void> {
      const path = pathOf(agentPaths.importBegin, request.spec.id)
      await agents.request(nodeId, { method: 'POST', path, json: request, timeoutMs: BEGIN_TIMEOUT_MS, signal })
    },
    async discard(nodeId: string, id: string, token: string): Promise<void> {
      const path = pathOf(agentPaths.importBegin, id, { token })
      await agents.request(nodeId, { method: 'DELETE', path, timeoutMs: BEGIN_TIMEOUT_MS })
    },
    async received(nodeId: string, id: string, token: string, signal: AbortSignal): Promise<Received[]> {
      const all: Received[] = []
      const path = pathOf(agentPaths.importBegin, id, { token })
      for await (const one of lines(Received, nodeId, path, signal)) all.push(one)
      return all
    },
    async manifest(nodeId: string, id: string, token: string, signal: AbortSignal): Promise<Manifest> {
      const entries: ManifestEntry[] = []
      let [files, bytes] = [0, 0]
      for await (const entry of lines(
        ManifestEntry,
        nodeId,
        pathOf(agentPaths.exportManifest, id, { token }),
        signal,
      )) {
        entries.push(entry)
        if (entry.type !== 'file') continue
        files += 1
        bytes += entry.size
      }
      if (!Number.isSafeInteger(bytes)) throw conflict('agent_answer_unusable', 'The agent told sizes that cannot be.')
      const sum = createHash('sha256')
      for (const line of entries.map(manifestLine).toSorted()) sum.update(`${line}\n`)
      return { entries, digest: sum.digest('hex'), files, bytes }
    },
    read: (nodeId: string, id: string, query: { path: string; from: number }, signal: AbortSignal) =>
      agents.stream(nodeId, { method: 'GET', path: pathOf(agentPaths.exportFile, id, query), signal }),
    async write(
      nodeId: string,
      id: string,
      query: { token: string; sha256: string; size: number; from: number },
      body: Readable,
      signal: AbortSignal,
    ): Promise<Received> {
      const path = pathOf(agentPaths.importFile, id, query)
      return (await agents.upload(nodeId, { method: 'PUT', path, body, signal })).json(Received)
    },
    readMany: (nodeId: string, id: string, wanted: readonly { path: string; size: number }[], signal: AbortSignal) =>
      agents.stream(nodeId, {
        method: 'GET',
        path: pathOf(agentPaths.exportFiles, id) + repeated(wanted.map(({ path, size }) => ({ path, size }))),
        signal,
      }),
    async writeMany(
      nodeId: string,
      id: string,
      token: string,
      pieces: readonly { sha256: string; size: number }[],
      body: Readable,
      signal: AbortSignal,
    ): Promise<string[]> {
      const list = pieces.map(({ sha256, size }) => ({ sha256, size }))
      const path = `${pathOf(agentPaths.importFiles, id)}${repeated(list)}&token=${encodeURIComponent(token)}`
      return (await agents.upload(nodeId, { method: 'PUT', path, body, signal })).json(ReceivedMany).whole
    },
    async finish(nodeId: string, id: string, token: string, { entries }: Manifest, signal: AbortSignal) {
      const path = pathOf(agentPaths.importFinish, id, { token })
      const body = Readable.from(pieces(entries))
      return (await agents.upload(nodeId, { method: 'POST', path, body, signal })).json(ImportDone)
    },
  }
}
export type Machines = ReturnType<typeof createMachines>

const repeated = (items: readonly Record<string, string | number>[]) =>
  `?${items.flatMap((item) => Object.entries(item).map(([key, value]) => `${key}=${encodeURIComponent(value)}`)).join('&')}`

function* pieces(entries: readonly ManifestEntry[]) {
  let text = ''
  for (const entry of entries) {
    text += `${JSON.stringify(entry)}\n`
    if (text.length < 64 * 1024) continue
    yield Buffer.from(text)
    text = ''
  }
  if (text !== '') yield Buffer.from(text)
}
