import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import { Check } from 'typebox/value'
import { ManifestEntry } from '#contract/migrations'
import { transferLimits } from '#contract/transfer'
import { invalid } from '#agent/errors'

/** Writes values as lines of JSON, as fast as they are read at the other end. */
export function lineWriter(sink: Writable, signal: AbortSignal) {
  return async (value: unknown): Promise<void> => {
    signal.throwIfAborted()
    if (!sink.write(`${JSON.stringify(value)}\n`)) await once(sink, 'drain', { signal })
  }
}

/** A manifest as it comes in, line by line, so that what is wrong or endless is refused before it is kept. */
export async function readManifest(body: Readable): Promise<ManifestEntry[]> {
  const entries: ManifestEntry[] = []
  let rest = ''
  const add = (line: string) => {
    const entry = parse(line)
    if (!Check(ManifestEntry, entry)) throw invalid('bad_manifest', 'The manifest cannot be read.')
    if (entries.push(entry) > transferLimits.entries) throw invalid('bad_manifest', 'The manifest is too long.')
  }
  body.setEncoding('utf8')
  for await (const chunk of body as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > transferLimits.lineBytes) throw invalid('bad_manifest', 'The manifest has a line without end.')
    for (const line of lines) add(line)
  }
  if (rest !== '') add(rest)
  return entries
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
