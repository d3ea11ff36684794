import type { ServerHttp2Stream } from 'node:http2'

const PIECE = 32 * 1024

/** The kept log of a fake server: bytes by their offset, of which the oldest can be dropped. */
export function fakeLog() {
  let bytes = Buffer.alloc(0)
  let oldest = 0
  let wakes: (() => void)[] = []
  const newest = () => oldest + bytes.length
  const wake = () => {
    for (const work of wakes.splice(0)) work()
  }

  return {
    oldest: () => oldest,
    newest,
    text: () => bytes.toString(),
    print(output: string | Buffer) {
      bytes = Buffer.concat([bytes, Buffer.from(output)])
      wake()
    },
    /** As rotation does. */
    dropUpTo(offset: number) {
      bytes = bytes.subarray(Math.max(0, offset - oldest))
      oldest = Math.max(oldest, offset)
      wake()
    },
    /** Where a reader begins that asks like this. */
    beginning({ from, tail }: { from: number | undefined; tail: number | undefined }): number {
      const wanted = from ?? newest() - (tail ?? 64 * 1024)
      return Math.min(newest(), Math.max(oldest, wanted))
    },
    /** Writes without end, no faster than it is read; ends when the reader fell behind what is kept. */
    async pour(stream: ServerHttp2Stream, from: number): Promise<void> {
      const isOver = () => stream.destroyed || stream.closed
      const over = new Promise<void>((resolve) => stream.once('close', resolve))
      for (let next = from; !isOver();) {
        if (next < oldest) return void stream.end()
        if (next >= newest()) {
          await Promise.race([over, new Promise<void>((resolve) => wakes.push(resolve))])
          continue
        }
        const chunk = bytes.subarray(next - oldest, next - oldest + PIECE)
        next += chunk.length
        if (!stream.write(chunk)) {
          await Promise.race([over, new Promise<void>((resolve) => stream.once('drain', resolve))])
        }
      }
    },
  }
}
export type FakeLog = ReturnType<typeof fakeLog>
