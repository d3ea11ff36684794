import type { Writable } from 'node:stream'
import type { Run } from '../runtimes/run.ts'
import { createLogFeed } from './log-feed.ts'
import { type HistoryQuery, readHistory } from './log-history.ts'
import { type ReadFrom, readLog } from './log-reader.ts'
import { type LogLimits, openLogWriter } from './log-writer.ts'
import { readRange } from './read-range.ts'
import { logRange } from './segments.ts'

export type InstanceLog = ReturnType<typeof createInstanceLog>

/** The log of one server over all of its runs. While a supervisor lives it alone writes, and we ask it to. */
export function createInstanceLog(folder: string, limits: LogLimits) {
  const feed = createLogFeed(logRange(folder).newest)

  function withWriter(action: (writer: ReturnType<typeof openLogWriter>) => void) {
    const writer = openLogWriter(folder, limits)
    try {
      action(writer)
      feed.advance(writer.offset)
    } finally {
      writer.close()
    }
  }

  return {
    folder,
    limits,
    feed,
    range: () => logRange(folder),
    read: (begin: ReadFrom, signal: AbortSignal) => readLog(folder, feed, begin, signal),
    history: (query: HistoryQuery) => readHistory(folder, query),
    /** Writes what is kept now into a sink. */
    async download(sink: Writable, signal: AbortSignal): Promise<void> {
      const { oldest, newest } = logRange(folder)
      for await (const { data } of readRange(folder, oldest, newest)) {
        if (signal.aborted) return
        if (!sink.write(data)) await drained(sink, signal)
      }
    },
    /** One line of our own. */
    note(text: string, run: Run | undefined): void {
      if (run) run.note(text)
      else withWriter((writer) => writer.note(text))
    },
    async clear(run: Run | undefined): Promise<void> {
      if (run) await run.clearLog()
      else withWriter((writer) => writer.clear())
    },
  }
}

/** Resolves when a stream takes more, or never will. */
export function drained(sink: Writable, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (sink.destroyed || signal.aborted) return resolve()
    const done = () => {
      for (const event of ['drain', 'close', 'error']) sink.off(event, done)
      signal.removeEventListener('abort', done)
      resolve()
    }
    for (const event of ['drain', 'close', 'error']) sink.on(event, done)
    signal.addEventListener('abort', done, { once: true })
  })
}
