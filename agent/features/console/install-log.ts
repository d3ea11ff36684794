import type { Static } from 'typebox'
import type { getInstallLogs } from '#contract/console'
import { readRange } from '#agent/log/read-range'
import { logRange } from '#agent/log/segments'

type InstallLog = Static<(typeof getInstallLogs)['schema']['response'][200]>

/** At most this much in one answer; `next` leads on. */
const ANSWER_BYTES = 512 * 1024

/** What an installation printed after `from`, cut at a whole character. */
export async function readInstallLog(folder: string, state: InstallLog['state'], from = 0): Promise<InstallLog> {
  const { oldest, newest } = logRange(folder)
  const start = Math.min(newest, Math.max(from, oldest))
  const parts: Buffer[] = []
  for await (const { data } of readRange(folder, start, Math.min(newest, start + ANSWER_BYTES))) parts.push(data)
  const whole = wholeCharacters(Buffer.concat(parts))
  return { text: whole.toString('utf8'), next: start + whole.length, state }
}

/** Without the beginning of a character at the end, unless there is nothing else. */
function wholeCharacters(data: Buffer): Buffer {
  for (let back = 1; back <= Math.min(3, data.length - 1); back++) {
    const byte = data[data.length - back] ?? 0
    if (byte < 0x80) return data
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
      return length > back ? data.subarray(0, data.length - back) : data
    }
  }
  return data
}
