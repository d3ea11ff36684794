import { spawnSync } from 'node:child_process'
import { appendFileSync, mkdtempSync, readFileSync, readdirSync, rmSync, rmdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createLogFeed } from './log-feed.ts'
import { readHistory } from './log-history.ts'
import { readLog } from './log-reader.ts'
import { openLogWriter } from './log-writer.ts'
import { logRange, segmentPath } from './segments.ts'

const small = { segmentBytes: 1000, keepBytes: 5000 }
function newLog() {
  const folder = mkdtempSync(path.join(tmpdir(), 'shardlyn-log-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return path.join(folder, 'log')
}

function writeLines(folder: string, from: number, to: number, limits = small) {
  const writer = openLogWriter(folder, limits)
  for (let n = from; n <= to; n++) writer.append(Buffer.from(`line ${n}\r\n`))
  writer.close()
  return writer.offset
}

async function collect(reading: { chunks: AsyncIterable<Buffer> }, until: (text: string) => boolean) {
  let text = ''
  for await (const chunk of reading.chunks) {
    text += chunk.toString()
    if (until(text)) break
  }
  return text
}

test('offsets go on over segments and over writers, and the oldest segments go', () => {
  const folder = newLog()
  const first = writeLines(folder, 1, 100)
  const second = writeLines(folder, 101, 2000)
  const { oldest, newest } = logRange(folder)
  expect(first).toBe('line 1\r\n'.length * 9 + 'line 10\r\n'.length * 90 + 'line 100\r\n'.length)
  expect(newest).toBe(second)
  expect(newest - oldest).toBeLessThanOrEqual(5000)
  expect(newest - oldest).toBeGreaterThan(3000)
})

test('a reader gets every byte once while segments rotate under it', async () => {
  const folder = newLog()
  const feed = createLogFeed()
  const writer = openLogWriter(folder, { segmentBytes: 700, keepBytes: 1_000_000 })
  const abort = new AbortController()
  const reading = readLog(folder, feed, { from: 0 }, abort.signal)
  const done = collect(reading, (text) => text.endsWith('line 3000\r\n'))
  for (let n = 1; n <= 3000; n++) {
    writer.append(Buffer.from(`line ${n}\r\n`))
    if (n % 7 === 0) feed.advance(writer.offset)
    if (n % 50 === 0) await new Promise(setImmediate)
  }
  feed.advance(writer.offset)
  const lines = (await done).trimEnd().split('\r\n')
  expect(lines).toEqual(Array.from({ length: 3000 }, (_, at) => `line ${at + 1}`))
})

test('a reader that fell behind the kept log ends, and asking again shows the gap', async () => {
  const folder = newLog()
  const feed = createLogFeed()
  const writer = openLogWriter(folder, small)
  const abort = new AbortController()
  const reading = readLog(folder, feed, { from: 0 }, abort.signal)
  writer.append(Buffer.from('first\r\n'))
  feed.advance(writer.offset)
  const first = await reading.chunks.next()
  for (let n = 0; n < 2000; n++) writer.append(Buffer.from(`line ${n}\r\n`))
  feed.advance(writer.offset)
  const rest: Buffer[] = []
  for await (const chunk of reading.chunks) rest.push(chunk)
  const again = readLog(folder, feed, { from: 7 + Buffer.concat(rest).length }, abort.signal)
  expect(first.value?.toString()).toBe('first\r\n')
  expect(again.offset).toBe(again.oldest)
  expect(again.offset).toBeGreaterThan(7 + Buffer.concat(rest).length)
})

test('a reader begins at the tail, stops when aborted, and goes on over a clear', async () => {
  const folder = newLog()
  const feed = createLogFeed(writeLines(folder, 1, 50))
  const abort = new AbortController()
  const reading = readLog(folder, feed, { tail: 18 }, abort.signal)
  expect((await reading.chunks.next()).value?.toString()).toBe('line 49\r\nline 50\r\n')
  const writer = openLogWriter(folder, small)
  writer.clear()
  writer.append(Buffer.from('after\r\n'))
  feed.advance(writer.offset)
  expect((await reading.chunks.next()).value?.toString()).toBe('after\r\n')
  expect(logRange(folder)).toEqual({ oldest: writer.offset - 7, newest: writer.offset })
  const ended = reading.chunks.next()
  abort.abort()
  expect((await ended).done).toBe(true)
})

test('history pages both ways over segments and meets every line once', async () => {
  const folder = newLog()
  writeLines(folder, 1, 300)
  const backwards: string[] = []
  let before: number | null = null
  do {
    const page = await readHistory(folder, { limit: 40, ...(before !== null && { before }) })
    backwards.unshift(...page.items.map((line) => line.text))
    before = page.before
  } while (before !== null)
  const forwards: string[] = []
  let after: number | null = 0
  while (after !== null) {
    const page: Awaited<ReturnType<typeof readHistory>> = await readHistory(folder, { limit: 33, after })
    forwards.push(...page.items.map((line) => line.text))
    after = page.after
  }
  expect(backwards).toEqual(Array.from({ length: 300 }, (_, at) => `line ${at + 1}`))
  expect(forwards).toEqual(backwards)
})

test('search takes no notice of case or of colours, and lines have a time', async () => {
  const folder = newLog()
  let now = Date.parse('2026-11-23T12:00:00Z')
  const writer = openLogWriter(folder, small, () => now)
  writer.append(Buffer.from('Hello \x1b[31mWorld\x1b[0m\r\n'))
  now += 60_000
  for (let n = 0; n < 200; n++) writer.append(Buffer.from(`noise ${n}\r\n`))
  now += 60_000
  writer.append(Buffer.from('hello world again'))
  const { items } = await readHistory(folder, { search: 'HELLO world' })
  expect(items.map((line) => [line.text, line.at])).toEqual([
    ['Hello \x1b[31mWorld\x1b[0m', '2026-11-23T12:00:00.000Z'],
    ['hello world again', '2026-11-23T12:02:00.000Z'],
  ])
})

test('a line longer than a block is one line, and what follows it is not lost', async () => {
  const folder = newLog()
  const writer = openLogWriter(folder)
  writer.append(Buffer.from('before\n'))
  writer.append(Buffer.alloc(900_000, 'x'))
  writer.append(Buffer.from('\nafter\n'))
  const back = await readHistory(folder, { limit: 2 })
  const next = await readHistory(folder, { limit: 2, after: 0 })
  expect(back.items.map((line) => [line.offset, line.next, line.text.length])).toEqual([
    [7, 900_008, 16384],
    [900_008, 900_014, 5],
  ])
  expect(next.items.map((line) => [line.offset, line.next])).toEqual([
    [0, 7],
    [7, 900_008],
  ])
  expect((await readHistory(folder, { limit: 9, after: 7 })).items).toHaveLength(2)
})

test('a search through the whole kept log leaves the event loop free', async () => {
  const folder = newLog()
  const writer = openLogWriter(folder)
  const block = Buffer.from(
    '2026-11-23 12:00:00 [Server thread/INFO]: a player did something ordinary\r\n'.repeat(14_000),
  )
  while (writer.offset < 60 * 1024 * 1024) writer.append(block)
  // The processor time of one turn, so that a busy machine does not fail this.
  const used = () => process.threadCpuUsage().user / 1000
  let last = used()
  let longest = 0
  const timer = setInterval(() => {
    longest = Math.max(longest, used() - last)
    last = used()
  }, 1)
  const { items } = await readHistory(folder, { search: 'never printed' })
  clearInterval(timer)
  expect(items).toEqual([])
  expect(longest).toBeLessThan(50)
})

test('a torn time index and stray files do no harm', async () => {
  const folder = newLog()
  writeLines(folder, 1, 10)
  const index = readdirSync(folder).find((name) => name.endsWith('.idx')) ?? ''
  appendFileSync(path.join(folder, index), 'torn')
  writeFileSync(path.join(folder, 'note.txt'), 'x')
  writeLines(folder, 11, 20)
  expect((await readHistory(folder, {})).items.map((line) => line.at)).not.toContain(null)
})

/** A file system of one megabyte; undefined where we may not make one. */
function tinyDisk(): string | undefined {
  const folder = mkdtempSync(path.join(tmpdir(), 'shardlyn-full-'))
  const mounted = spawnSync('/bin/mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]).status === 0
  onTestFinished(() => {
    if (mounted) spawnSync('/bin/umount', [folder])
    rmdirSync(folder)
  })
  return mounted ? folder : undefined
}

test('on a full disk output is lost, counted, and said once there is room again', ({ skip }) => {
  const disk = tinyDisk()
  if (!disk) return skip('we may not mount a file system here')
  const folder = path.join(disk, 'log')
  const filler = path.join(disk, 'filler')
  const writer = openLogWriter(folder)
  writer.append(Buffer.from('before\r\n'))
  spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=4k'])
  for (let n = 0; n < 3; n++) writer.append(Buffer.alloc(10_000, 'x'))
  const full = writer.offset
  rmSync(filler)
  writer.append(Buffer.from('after\r\n'))
  const text = readFileSync(segmentPath(folder, 0), 'utf8')
  writer.close()
  expect(Number(/(\d+) bytes of output are lost: the disk was full/.exec(text)?.[1])).toBe(30_008 - full)
  expect(text.endsWith('after\r\n')).toBe(true)
  expect(writer.offset).toBe(Buffer.byteLength(text))
})
