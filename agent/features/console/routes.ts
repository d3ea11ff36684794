import type { Writable } from 'node:stream'
import { Type as T } from 'typebox'
import { Check } from 'typebox/value'
import { agentPaths } from '#contract/agent'
import { bytes, integer } from '#agent/body'
import { invalid } from '#agent/errors'
import type { AgentRequest, AgentRoute } from '#agent/http'
import { drained } from '#agent/log/instance-log'
import type { HistoryQuery } from '#agent/log/log-history'
import { readInstallLog } from './install-log.ts'
import type { ConsoleSource } from './console-source.ts'

const Size = T.Object({
  cols: T.Integer({ minimum: 2, maximum: 1000 }),
  rows: T.Integer({ minimum: 2, maximum: 1000 }),
})
const TAIL = 64 * 1024

/** Consoles and logs of the servers on this machine. */
export function consoleRoutes(instances: ConsoleSource): AgentRoute[] {
  const of = (request: AgentRequest) => instances.get(request.params.id ?? '')
  return [
    {
      method: 'GET',
      path: agentPaths.console,
      handle(request) {
        const from = integer(request, 'from')
        const begin = from === undefined ? { tail: integer(request, 'tail') ?? TAIL } : { from }
        const reading = of(request).log.read(begin, request.signal)
        return {
          headers: {
            'content-type': 'application/octet-stream',
            'x-offset': String(reading.offset),
            'x-oldest': String(reading.oldest),
            'x-newest': String(reading.newest),
          },
          stream: (sink) => pour(reading.chunks, sink, request.signal),
        }
      },
    },
    {
      method: 'POST',
      path: agentPaths.input,
      async handle(request) {
        const instance = of(request)
        instance.input(await bytes(request.body))
        return {}
      },
    },
    {
      method: 'POST',
      path: agentPaths.resize,
      async handle(request) {
        const size = await request.json()
        if (!Check(Size, size)) throw invalid('invalid_request', 'A terminal has 2 to 1000 columns and rows.')
        of(request).resize(size.cols, size.rows)
        return {}
      },
    },
    {
      method: 'GET',
      path: agentPaths.logHistory,
      async handle(request) {
        const query: HistoryQuery = { limit: Math.min(1000, Math.max(1, integer(request, 'limit') ?? 200)) }
        const before = integer(request, 'before')
        const after = integer(request, 'after')
        const search = request.query.get('search')
        if (before !== undefined) query.before = before
        if (after !== undefined) query.after = after
        if (search) query.search = search
        return { json: await of(request).log.history(query) }
      },
    },
    {
      method: 'GET',
      path: agentPaths.logDownload,
      handle(request) {
        const { log } = of(request)
        return {
          headers: { 'content-type': 'text/plain; charset=utf-8' },
          stream: (sink) => log.download(sink, request.signal),
        }
      },
    },
    {
      method: 'DELETE',
      path: agentPaths.logClear,
      async handle(request) {
        await of(request).clearLog()
        return {}
      },
    },
    {
      method: 'GET',
      path: agentPaths.installLog,
      async handle(request) {
        const instance = of(request)
        return {
          json: await readInstallLog(instance.installLog.folder, instance.installState(), integer(request, 'from')),
        }
      },
    },
  ]
}

/** Writes chunks as fast as the other side takes them, and no faster. */
async function pour(chunks: AsyncIterable<Buffer>, sink: Writable, signal: AbortSignal): Promise<void> {
  for await (const chunk of chunks) {
    if (sink.destroyed || signal.aborted) return
    if (!sink.write(chunk)) await drained(sink, signal)
  }
}
