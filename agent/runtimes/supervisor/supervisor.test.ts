import fc from 'fast-check'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { claimRun, readClaim } from './claim.ts'
import { createDecoder, encodeFrame, FRAME_MAX } from './frames.ts'
import { createMask } from './output.ts'

test('frames survive being cut anywhere', () => {
  const frame = fc.record({ kind: fc.integer({ min: 0, max: 255 }), payload: fc.uint8Array({ maxLength: 300 }) })
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 20 }), fc.integer({ min: 1, max: 97 }), (sent, size) => {
      const received: { kind: number; payload: number[] }[] = []
      const decode = createDecoder((kind, payload) => received.push({ kind, payload: [...payload] }))
      const bytes = Buffer.concat(sent.map(({ kind, payload }) => encodeFrame(kind, Buffer.from(payload))))
      for (let at = 0; at < bytes.length; at += size) decode(bytes.subarray(at, at + size))
      expect(received).toEqual(sent.map(({ kind, payload }) => ({ kind, payload: [...payload] })))
    }),
  )
})

test('a frame that claims to be enormous is refused before it is gathered', () => {
  const header = Buffer.from([0xff, 0xff, 0xff, 0xff, 1])
  expect(() => createDecoder(() => undefined)(header)).toThrow(`${0xffffffff} bytes`)
  expect(FRAME_MAX).toBeLessThan(0xffffffff)
})

test('secrets are hidden wherever the output is cut', () => {
  const text = 'begin hunter2hunter hunter2 and top-secret\r\nvalue, hunter, end'
  const hidden = 'begin ********hunter ******** and ********, hunter, end'
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 60 }), (sizes) => {
      const mask = createMask(['hunter2', 'top-secret\nvalue', 'x'])
      let seen = ''
      let at = 0
      for (const size of sizes) {
        seen += mask?.(Buffer.from(text.slice(at, at + size)))?.toString() ?? ''
        at += size
      }
      seen += mask?.(Buffer.from(text.slice(at)))?.toString() ?? ''
      seen += mask?.()?.toString() ?? ''
      expect(seen).toBe(hidden)
    }),
  )
})

test('a run is claimed once', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'shardlyn-claim-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const supervisor = { pid: 1, start: '2' }
  expect([
    claimRun(folder, 1, { supervisor }),
    claimRun(folder, 1, { supervisor: null }),
    claimRun(folder, 2, { supervisor: null }),
  ]).toEqual([true, false, true])
  expect(readClaim(folder, 1)).toEqual({ supervisor })
})
