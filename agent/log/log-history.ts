import type { Static } from 'typebox'
import type { LogLine, getLogHistory } from '#contract/console'
import { readRange } from './read-range.ts'
import { listSegments, logRange } from './segments.ts'
import { timeIndex } from './time-index.ts'

export type HistoryQuery = { before?: number; after?: number; search?: string; limit?: number }
export type History = Static<(typeof getLogHistory)['schema']['response'][200]>

/** Read at a time; what happens to a block between two turns of the event loop takes a few milliseconds. */
const BLOCK_BYTES = 256 * 1024
/** A longer line is cut in the answer, not in the log. */
const LINE_MAX = 16 * 1024

// Colours and cursor movements (CSI), titles and links (OSC), and the two-byte escapes.
// oxlint-disable-next-line no-control-regex
const escapes = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])/g
export const withoutEscapes = (text: string) => (text.includes('\x1b') ? text.replace(escapes, '') : text)

type Line = { offset: number; next: number; text: string }

/** Lines before or after an offset, all or those that contain a text whatever its case; oldest first. */
export async function readHistory(folder: string, query: HistoryQuery): Promise<History> {
  const { oldest, newest } = logRange(folder)
  const limit = query.limit ?? 200
  const needle = query.search?.toLowerCase()
  const found =
    query.after === undefined
      ? await linesBefore(folder, oldest, Math.min(query.before ?? newest, newest), limit, needle)
      : await linesAfter(folder, Math.max(query.after, oldest), newest, limit, needle)
  const timeOf = timeIndex(listSegments(folder))
  const items: Static<typeof LogLine>[] = []
  for (const { offset, next, text } of found.lines) items.push({ offset, next, at: await timeOf(offset), text })
  return {
    items,
    before: found.from > oldest ? found.from : null,
    after: found.to < newest ? found.to : null,
    oldest,
    newest,
  }
}

async function linesAfter(folder: string, from: number, newest: number, limit: number, needle?: string) {
  const lines: Line[] = []
  let position = from
  while (position < newest && lines.length < limit) {
    const block = await readBlock(folder, position, Math.min(newest, position + BLOCK_BYTES))
    // A line longer than a block is followed to its end, or the next block would begin in the middle of it.
    const end = position + block.length >= newest ? newest : await endOfLine(folder, block, position, newest)
    if (end <= position) break
    lines.push(...matching(block, position, end, needle))
    position = end
  }
  const to = lines.length >= limit ? (lines[limit - 1]?.next ?? position) : position
  return { lines: lines.slice(0, limit), from, to }
}

async function linesBefore(folder: string, oldest: number, before: number, limit: number, needle?: string) {
  let lines: Line[] = []
  let end = before
  while (end > oldest && lines.length < limit) {
    const start = await startOfBlock(folder, oldest, end)
    const block = await readBlock(folder, start, Math.min(end, start + BLOCK_BYTES))
    lines = [...matching(block, start, end, needle), ...lines]
    end = start
  }
  const kept = lines.slice(-limit)
  return { lines: kept, from: lines.length >= limit ? (kept[0]?.offset ?? end) : end, to: before }
}

/** The earliest start of a line within one block before `end`; further back where one line fills the block. */
async function startOfBlock(folder: string, oldest: number, end: number): Promise<number> {
  for (let from = end - BLOCK_BYTES; from > oldest; from -= BLOCK_BYTES) {
    const block = await readBlock(folder, from - 1, Math.min(end - 1, from - 1 + BLOCK_BYTES))
    const newline = block.indexOf(10)
    if (newline >= 0) return from + newline
  }
  return oldest
}

async function endOfLine(folder: string, block: Buffer, start: number, newest: number): Promise<number> {
  const newline = block.lastIndexOf(10)
  if (newline >= 0) return start + newline + 1
  for await (const { offset, data } of readRange(folder, start + block.length, newest, BLOCK_BYTES)) {
    const at = data.indexOf(10)
    if (at >= 0) return offset + at + 1
  }
  return newest
}

async function readBlock(folder: string, from: number, to: number): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const { data } of readRange(folder, from, to, BLOCK_BYTES)) parts.push(data)
  return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts)
}

/** The lines of a block that begins at a line; one that is longer than the block ends at `end`. */
function matching(block: Buffer, start: number, end: number, needle?: string): Line[] {
  // Most blocks of a search hold nothing: one look at the whole spares the splitting.
  if (needle && !fold(block.toString('utf8')).includes(needle)) return []
  const lines: Line[] = []
  for (let at = 0; start + at < end && at < block.length;) {
    const newline = block.indexOf(10, at)
    const stop = newline < 0 ? block.length : newline
    const next = newline < 0 ? end : start + newline + 1
    if (next > end) break
    const text = block.toString('utf8', at, Math.min(stop, at + LINE_MAX)).replace(/\r+$/, '')
    const hit = !needle || fold(stop - at > LINE_MAX ? block.toString('utf8', at, stop) : text).includes(needle)
    if (hit) lines.push({ offset: start + at, next, text })
    at = next - start
  }
  return lines
}

const fold = (text: string) => withoutEscapes(text).toLowerCase()
