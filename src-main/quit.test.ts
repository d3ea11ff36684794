import { expect, test } from 'vitest'
import { quitAnswer, quitQuestion } from './dialogs.ts'
import { wordsFor } from './messages.ts'
import { createQuit, type QuitAnswer } from './quit.ts'
import type { ServerLine } from './servers.ts'

const server = (name: string, change: Partial<ServerLine> = {}): ServerLine => ({
  id: name,
  name,
  state: 'running',
  state_reason: null,
  desired_state: 'running',
  node_id: 'here',
  crash_count: 0,
  isLocal: true,
  ...change,
})

/** A person who answers in turn, and servers that obey a stop unless they are stubborn. */
function scene(servers: ServerLine[], answers: QuitAnswer[], stubborn: string[] = []) {
  const told: string[] = []
  let now = servers
  const quit = createQuit({
    look: async () => now,
    ask: async (running, isSecondTime) => {
      told.push(`ask ${running.map(({ name }) => name).join()}${isSecondTime ? ' again' : ''}`)
      return answers.shift() ?? 'cancel'
    },
    stop: async (running) => {
      told.push(`stop ${running.map(({ name }) => name).join()}`)
      now = now.map((line) =>
        stubborn.includes(line.name) ? line : { ...line, state: 'stopped', desired_state: 'stopped' },
      )
    },
    leave: async ({ stopAgent }) => void told.push(stopAgent ? 'leave with the agent' : 'leave'),
  })
  return { quit, told }
}

test('leaves at once when nothing runs on this computer', async () => {
  const { quit, told } = scene(
    [server('a', { state: 'stopped', desired_state: 'stopped' }), server('far', { isLocal: false })],
    [],
  )
  await quit.request()

  expect(told).toEqual(['leave with the agent'])
})

test('leaves the agent where a crashed server waits for its next start', async () => {
  const { quit, told } = scene([server('a', { state: 'error', desired_state: 'running' })], [])
  await quit.request()

  expect(told).toEqual(['leave'])
})

test('asks about servers that run here, and heeds the answer', async () => {
  const kept = scene([server('a'), server('far', { isLocal: false })], ['keep'])
  await kept.quit.request()
  expect(kept.told).toEqual(['ask a', 'leave'])

  const stopped = scene([server('a'), server('b', { state: 'starting' })], ['stop'])
  await stopped.quit.request()
  expect(stopped.told).toEqual(['ask a,b', 'stop a,b', 'leave with the agent'])

  const cancelled = scene([server('a')], ['cancel'])
  await cancelled.quit.request()
  expect([cancelled.told, cancelled.quit.isLeaving()]).toEqual([['ask a'], false])
})

test('asks again about servers that did not stop in time', async () => {
  const { quit, told } = scene([server('a'), server('b')], ['stop', 'keep'], ['b'])
  await quit.request()

  expect(told).toEqual(['ask a,b', 'stop a,b', 'ask b again', 'leave'])
})

test('asks once, however often one tries to quit meanwhile', async () => {
  const { quit, told } = scene([server('a')], ['keep'])
  await Promise.all([quit.request(), quit.request(), quit.request()])

  expect(told).toEqual(['ask a', 'leave'])
})

test('the end of the computer’s day asks nobody, and leaves once', async () => {
  const { quit, told } = scene([server('a')], [])
  await Promise.all([quit.now(), quit.now()])

  expect(told).toEqual(['leave'])
})

test('leaves when nobody can sign in to see the servers', async () => {
  const told: string[] = []
  const quit = createQuit({
    look: () => Promise.reject(new Error('no administrator yet')),
    ask: async () => 'cancel',
    stop: async () => undefined,
    leave: async () => void told.push('leave'),
  })
  await quit.request()

  expect(told).toEqual(['leave'])
})

test('the question names the servers, and closing it cancels', () => {
  const question = quitQuestion([server('a'), server('b')], false, wordsFor('en'))

  expect(question).toMatchObject({
    message: '2 servers are still running on this computer',
    buttons: ['Keep them running', 'Stop them and quit', 'Cancel'],
    cancelId: 2,
  })
  expect(question.detail).toContain('a, b')
  expect([0, 1, 2, 7].map((response) => quitAnswer({ response }))).toEqual(['keep', 'stop', 'cancel', 'cancel'])
})
