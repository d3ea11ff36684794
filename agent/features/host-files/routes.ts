import fs from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { agentPaths } from '#contract/agent'
import { invalid } from '#agent/errors'
import { MAX_TEXT } from '#contract/host-files'
import type { AgentRequest, AgentRoute } from '#agent/http'
import { accountNames } from './accounts.ts'
import { createAllowed, type HostFileSettings } from './allowed.ts'
import { download } from './download.ts'
import { describe, listFolder } from './list.ts'
import { createTexts, tooLarge } from './text.ts'
import { createUnfinished } from './unfinished.ts'
import { createUploads } from './uploads.ts'

const SWEEP_MS = 3600_000

type Deps = {
  dataDir: string
  settings: HostFileSettings | undefined
  onError: (error: unknown) => void
  now?: () => number
}

/** The files of this machine, within what its owner allows. */
export function createHostFiles({ dataDir, settings, onError, now = Date.now }: Deps) {
  const allowed = createAllowed({ dataDir, settings })
  const unfinished = createUnfinished({ dataDir, allowed, now })
  const uploads = createUploads({ allowed, unfinished })
  const texts = createTexts(allowed)

  const sweep = () => unfinished.sweep(uploads.isBusy)
  const sweeping = setInterval(() => void sweep().catch(onError), SWEEP_MS)
  sweeping.unref()
  sweep().catch(onError)

  async function list(request: AgentRequest) {
    const path = request.query.get('path')
    if (path !== null) {
      await using folder = await allowed.folder(path)
      return { json: await listFolder(folder) }
    }
    // Says so when nothing is allowed.
    if (allowed.roots.length === 0) await allowed.folder('/')
    const names = await accountNames()
    const items = []
    for (const root of allowed.roots) {
      const stats = await fs.stat(root, { bigint: true }).catch(() => undefined)
      if (stats) items.push({ ...describe(root, stats, names), name: root })
    }
    return { json: { path: '', items, is_truncated: false } }
  }

  const target = (request: AgentRequest) => ({ path: required(request, 'path'), key: required(request, 'key') })

  const routes: AgentRoute[] = [
    { method: 'GET', path: agentPaths.files, handle: list },
    {
      method: 'GET',
      path: agentPaths.fileContent,
      handle: async (request) => ({ json: await texts.read(required(request, 'path')) }),
    },
    {
      method: 'PUT',
      path: agentPaths.fileContent,
      async handle(request) {
        const version = request.query.has('new') ? null : (request.query.get('version') ?? undefined)
        return { json: await texts.write(required(request, 'path'), await bytes(request.body), version) }
      },
    },
    {
      method: 'GET',
      path: agentPaths.fileDownload,
      handle(request) {
        const { query, signal } = request
        const wanted = { range: query.get('range'), ifRange: query.get('if_range') }
        return download(allowed, required(request, 'path'), wanted, signal)
      },
    },
    {
      method: 'PUT',
      path: agentPaths.fileUpload,
      async handle(request) {
        const wanted = {
          ...target(request),
          size: whole(request, 'size') ?? 0,
          offset: whole(request, 'offset'),
          overwrite: request.query.get('overwrite') === 'true',
        }
        return { json: { offset: await uploads.receive(wanted, request.body) } }
      },
    },
    {
      method: 'GET',
      path: agentPaths.fileUpload,
      handle: async (request) => ({ json: { offset: await uploads.offset(target(request)) } }),
    },
    {
      method: 'DELETE',
      path: agentPaths.fileUpload,
      async handle(request) {
        await uploads.cancel(target(request))
        return {}
      },
    },
  ]
  return { routes, sweep, close: () => clearInterval(sweeping) }
}

function required({ query }: Pick<AgentRequest, 'query'>, name: string): string {
  const value = query.get(name)
  if (value === null || value === '') throw invalid('invalid_request', `${name} is missing.`)
  return value
}

function whole({ query }: AgentRequest, name: string): number | undefined {
  const text = query.get(name)
  if (text === null) return undefined
  if (!/^\d{1,15}$/.test(text)) throw invalid('invalid_request', `${name} must be a whole number.`)
  return Number(text)
}

async function bytes(body: Readable): Promise<Buffer> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of body as AsyncIterable<Buffer>) {
    size += part.length
    if (size > MAX_TEXT) throw tooLarge()
    parts.push(part)
  }
  return Buffer.concat(parts, size)
}
