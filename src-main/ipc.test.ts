import type { IpcMainInvokeEvent } from 'electron'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type DesktopCall, desktopCalls } from '#contract/desktop'
import { answerCalls, refusal } from './ipc.ts'

const own = 'http://127.0.0.1:7480'
const top = { url: `${own}/servers`, parent: null }
const channels = Object.keys(desktopCalls) as DesktopCall[]

test.each(channels)('%s answers our page’s own top frame alone', (channel) => {
  expect(refusal(channel, top, [], own)).toBeUndefined()
  expect(refusal(channel, null, [], own)).toBe('Only the top frame may call.')
  expect(refusal(channel, { ...top, parent: {} as never }, [], own)).toBe('Only the top frame may call.')
  expect(refusal(channel, { ...top, url: 'https://evil.example/' }, [], own)).toBe('Only our own page may call.')
  expect(refusal(channel, { ...top, url: 'http://127.0.0.1:7481/' }, [], own)).toBe('Only our own page may call.')
  expect(refusal(channel, { ...top, url: 'about:blank' }, [], own)).toBe('Only our own page may call.')
})

test.each(channels)('%s refuses whatever else it is sent', (channel) => {
  fc.assert(
    fc.property(fc.array(fc.anything(), { minLength: 1, maxLength: 4 }), (args) => {
      expect(refusal(channel, top, args, own)).toBe('The arguments do not fit.')
    }),
    { numRuns: 1000 },
  )
})

test('answers the calls of the contract and no others, and hands the secret to our page only', () => {
  const handlers = new Map<string, (event: IpcMainInvokeEvent, ...args: unknown[]) => unknown>()
  answerCalls({ handle: (channel, handler) => void handlers.set(channel, handler) }, own, {
    takeDesktopSecret: () => 'once',
  })
  const call = (senderFrame: object | null) =>
    handlers.get('takeDesktopSecret')?.({ senderFrame } as IpcMainInvokeEvent)

  expect([...handlers.keys()]).toEqual(channels)
  expect(call(top)).toBe('once')
  expect(() => call({ ...top, url: 'https://evil.example/' })).toThrow('Only our own page may call.')
})
