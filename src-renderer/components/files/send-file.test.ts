import { expect, test } from 'vitest'
import { ApiError } from '../../lib/api.ts'
import { sendFile, UnreadableFile } from './send-file.ts'

const broke = () => new ApiError(0, { error: 'The connection broke.', code: 'unreachable' })
const away = () => new ApiError(503, { error: 'attic is away.', code: 'node_offline' })

/** A machine that takes so many bytes at each go. */
function machine(goes: readonly number[]) {
  let held = 0
  const asked: (number | undefined)[] = []
  let questions = 0
  return {
    asked,
    upload: async (_: string, body: Blob, { offset }: { offset: number | undefined }) => {
      asked.push(offset)
      const takes = goes[asked.length - 1] ?? body.size
      held += Math.min(takes, body.size)
      if (takes < body.size) throw broke()
    },
    uploadOffset: async () => {
      // It is away for a moment before it answers.
      if (questions++ === 0) throw away()
      return held
    },
  }
}
const watch = () => {
  const seen: number[] = []
  let breaks = 0
  return {
    seen,
    count: () => breaks,
    signal: new AbortController().signal,
    onProgress: (sent: number) => void seen.push(sent),
    onBroken: () => void breaks++,
    pauseMs: 0,
  }
}

test('what broke off goes on from where the machine is', async () => {
  const there = machine([3, 5])
  const w = watch()
  await sendFile(there, new Blob(['0123456789']), '/srv/a', false, w)
  expect(there.asked).toEqual([undefined, 3, 8])
  expect(w.count()).toBe(2)
  expect(w.seen).toEqual([3, 8])
})

test('a file that is gone from one’s own computer is not waited for', async () => {
  const gone = {
    size: 10,
    slice: () => ({ arrayBuffer: () => Promise.reject(new DOMException('gone', 'NotReadableError')) }),
  } as unknown as Blob
  const w = watch()
  const sending = sendFile({ ...machine([]), upload: () => Promise.reject(broke()) }, gone, '/srv/a', false, w)
  await expect(sending).rejects.toBeInstanceOf(UnreadableFile)
  expect(w.count()).toBe(0)
})
