import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type Static, type TSchema } from 'typebox'
import { Check } from 'typebox/value'
import { agentPaths } from '#contract/agent'
import { ExportRequest, ImportRequest, smallFiles } from '#contract/transfer'
import { invalid } from '#agent/errors'
import type { AgentRequest, AgentRoute } from '#agent/http'
import type { Instances } from '../instances/manager.ts'
import { createExport } from './export.ts'
import type { createImport } from './import.ts'
import { lineWriter, readManifest } from './lines.ts'

/** How a server comes to this machine, and leaves it. */
export function transferRoutes(instances: Instances, imports: ReturnType<typeof createImport>): AgentRoute[] {
  const exports = createExport(instances)
  return [
    {
      method: 'POST',
      path: agentPaths.exportBegin,
      handle: async (request) => ({ json: await exports.begin(idOf(request), await read(request, ExportRequest)) }),
    },
    {
      method: 'DELETE',
      path: agentPaths.exportBegin,
      handle: async (request) => ({ json: await exports.release(idOf(request), tokenOf(request)) }),
    },
    {
      method: 'GET',
      path: agentPaths.exportManifest,
      async handle(request) {
        const [id, token] = [idOf(request), tokenOf(request)]
        // Refused before the headers are sent.
        instances.get(id)
        return {
          headers: { 'content-type': 'application/x-ndjson' },
          stream: (sink) => exports.manifest(id, token, lineWriter(sink, request.signal)),
        }
      },
    },
    {
      method: 'GET',
      path: agentPaths.exportFile,
      async handle(request) {
        const path = request.query.get('path') ?? ''
        const stream = await exports.openFile(idOf(request), path, numberOf(request, 'from'), request.signal)
        return { headers: { 'content-type': 'application/octet-stream' }, stream }
      },
    },
    {
      method: 'GET',
      path: agentPaths.exportFiles,
      async handle(request) {
        const paths = request.query.getAll('path')
        const sizes = sizesOf(request, paths.length)
        const files = exports.files(
          idOf(request),
          paths.map((path, i) => ({ path, size: sizes[i] ?? 0 })),
        )
        return {
          headers: { 'content-type': 'application/octet-stream' },
          stream: (sink) => pipeline(Readable.from(files), sink, { end: false }),
        }
      },
    },
    {
      method: 'POST',
      path: agentPaths.importBegin,
      async handle(request) {
        const body = await read(request, ImportRequest)
        if (body.spec.id !== idOf(request)) throw invalid('invalid_request', 'The path and the body differ.')
        await imports.begin(idOf(request), body)
        return {}
      },
    },
    {
      method: 'GET',
      path: agentPaths.importBegin,
      async handle(request) {
        const received = await imports.received(idOf(request), tokenOf(request))
        return {
          headers: { 'content-type': 'application/x-ndjson' },
          async stream(sink) {
            const write = lineWriter(sink, request.signal)
            for (const each of received) await write(each)
          },
        }
      },
    },
    {
      method: 'DELETE',
      path: agentPaths.importBegin,
      async handle(request) {
        await imports.undo(idOf(request), tokenOf(request))
        return {}
      },
    },
    {
      method: 'PUT',
      path: agentPaths.importFile,
      async handle(request) {
        const { received } = imports.find(idOf(request), tokenOf(request))
        const sha256 = request.query.get('sha256') ?? ''
        if (!/^[0-9a-f]{64}$/.test(sha256)) throw invalid('invalid_request', 'Name the content by its SHA-256.')
        const [size, from] = [numberOf(request, 'size'), numberOf(request, 'from')]
        return { json: await received.take({ sha256, size, from, body: request.body }) }
      },
    },
    {
      method: 'PUT',
      path: agentPaths.importFiles,
      async handle(request) {
        const { received } = imports.find(idOf(request), tokenOf(request))
        const sums = request.query.getAll('sha256')
        if (!sums.every((sum) => /^[0-9a-f]{64}$/.test(sum))) {
          throw invalid('invalid_request', 'Name the contents by their SHA-256.')
        }
        const sizes = sizesOf(request, sums.length)
        const pieces = sums.map((sha256, i) => ({ sha256, size: sizes[i] ?? 0 }))
        return { json: { whole: await received.takeMany(pieces, request.body) } }
      },
    },
    {
      method: 'POST',
      path: agentPaths.importFinish,
      handle: async (request) => ({
        json: await imports.finish(idOf(request), tokenOf(request), await readManifest(request.body)),
      }),
    },
  ]
}

function idOf({ params }: AgentRequest): string {
  const id = params.id ?? ''
  if (/^[0-9a-f-]{36}$/.test(id)) return id
  throw invalid('invalid_request', 'The id is not well formed.')
}

function tokenOf({ query }: AgentRequest): string {
  const token = query.get('token')
  if (token !== null && token.length >= 16) return token
  throw invalid('invalid_request', 'Say which move it is.')
}

function numberOf({ query }: AgentRequest, name: string): number {
  const value = Number(query.get(name) ?? '')
  if (query.get(name) !== null && Number.isSafeInteger(value) && value >= 0) return value
  throw invalid('invalid_request', `Say ${name} as a number of bytes.`)
}

/** One for each of some small files. */
function sizesOf({ query }: AgentRequest, count: number): number[] {
  const sizes = query.getAll('size').map(Number)
  const areGood = sizes.every((size) => Number.isInteger(size) && size >= 0 && size <= smallFiles.bytes)
  if (areGood && sizes.length === count && count <= smallFiles.count) return sizes
  throw invalid('invalid_request', 'Say the size of each file; large ones are asked for alone.')
}

async function read<S extends TSchema>(request: AgentRequest, schema: S): Promise<Static<S>> {
  const body = await request.json()
  if (Check(schema, body)) return body
  throw invalid('invalid_request', 'The request is not valid.')
}
