import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { identify } from '#agent/runtimes/process-table'
import { MARKER } from '#agent/runtimes/process-tree'
import { startToken } from './belonging.ts'
import { endProcess } from './ending.ts'
import { createProcessReader } from './processes.ts'

const token = (pid: number) => startToken(identify(pid)?.start ?? '')
const end = (pid: number, started_at = token(pid), signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM', owners = none) =>
  endProcess({ pid, started_at, signal }, owners)
const none: Parameters<typeof endProcess>[1] = []
const pidOf = (child: ChildProcess) => child.pid ?? 0

test('the process that is meant is ended, with the signal that is asked for', async () => {
  const asked = spawn('sleep', ['1000'])
  const killed = spawn('sleep', ['1000'])
  expect(end(pidOf(asked))).toEqual({ name: 'sleep' })
  end(pidOf(killed), token(pidOf(killed)), 'SIGKILL')
  expect((await once(asked, 'exit'))[1]).toBe('SIGTERM')
  if (killed.signalCode === null) await once(killed, 'exit')
  expect(killed.signalCode).toBe('SIGKILL')
})

test('one that took the number of another is left alone', async () => {
  // In a process namespace of its own, numbers are few: the same one comes again at once.
  const script = `
    const fs = require('fs'), { spawnSync, spawn } = require('child_process')
    const next = (pid) => fs.writeFileSync('/proc/sys/kernel/ns_last_pid', String(pid - 1))
    const start = (pid) => fs.readFileSync('/proc/' + pid + '/stat', 'latin1').split(') ')[1].split(' ')[19]
    ;(async () => {
      const { endProcess } = await import(${JSON.stringify(new URL('./ending.ts', import.meta.url).href)})
      const first = spawn('sleep', ['1000'])
      const pid = first.pid, was = start(pid)
      await new Promise((r) => { first.once('exit', r); first.kill('SIGKILL') })
      await new Promise((r) => setTimeout(r, 50))
      next(pid)
      const second = spawn('sleep', ['1000'])
      const told = [second.pid === pid, start(second.pid) !== was]
      try { endProcess({ pid, started_at: was, signal: 'SIGKILL' }, []); told.push('sent') } catch (error) { told.push(error.code) }
      await new Promise((r) => setTimeout(r, 50))
      told.push(second.exitCode === null && second.signalCode === null)
      console.log(JSON.stringify(told))
      process.exit(0)
    })()`
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return
  const args = ['--pid', '--fork', '--mount-proc', process.execPath, '-e', script]
  const inside = spawn('unshare', args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let printed = ''
  inside.stdout.on('data', (text: Buffer) => (printed += text.toString()))
  await once(inside, 'close')
  expect(JSON.parse(printed)).toEqual([true, true, 'process_gone', true])
})

test('the agent, what it runs under, the first process and the kernel are protected', () => {
  for (const pid of [1, process.pid, process.ppid]) {
    expect(() => end(pid, token(pid), 'SIGKILL')).toThrow(
      expect.objectContaining({ status: 403, code: 'process_protected' }),
    )
  }
})

test('a process that is gone, or only its zombie, is said to be gone', async () => {
  const child = spawn('true')
  const pid = pidOf(child)
  const started = token(pid)
  await once(child, 'exit')
  expect(() => end(pid, started)).toThrow(expect.objectContaining({ status: 409, code: 'process_gone' }))
})

test('what belongs to a server is found, marked and not ended: by its tree, its session and its marker', async () => {
  const supervisor = spawn('sleep', ['1000'])
  const server = spawn('sh', ['-c', 'sleep 1000 & echo up; wait'], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const strayed = spawn('sleep', ['1000'], { env: { ...process.env, [MARKER]: 'one' } })
  const stranger = spawn('sleep', ['1000'], { env: { ...process.env, [MARKER]: 'another' } })
  await once(server.stdout, 'data')
  const of = (child: ChildProcess) => ({ pid: pidOf(child), start: identify(pidOf(child))?.start ?? '' })
  const owners = [
    { id: 'one', name: 'Game', runs: [{ supervisor: of(supervisor), child: of(server), container_id: null }] },
  ]
  try {
    const { processes } = await createProcessReader(() => owners)()
    const byPid = new Map(processes.map((each) => [each.pid, each]))
    const child = processes.find(({ parent_pid }) => parent_pid === server.pid)
    expect(child?.instance_id).toBe('one')
    expect([supervisor, server, strayed, stranger].map(({ pid }) => byPid.get(pid ?? 0)?.instance_id)).toEqual([
      'one',
      'one',
      'one',
      null,
    ])
    expect(byPid.get(pidOf(supervisor))?.is_protected).toBe(true)
    for (const pid of [pidOf(server), child?.pid ?? 0, pidOf(strayed)]) {
      expect(() => end(pid, token(pid), 'SIGKILL', owners)).toThrow(
        expect.objectContaining({ status: 409, code: 'process_managed', message: expect.stringContaining('Game') }),
      )
    }
    expect(() => end(pidOf(supervisor), token(pidOf(supervisor)), 'SIGKILL', owners)).toThrow(
      expect.objectContaining({ code: 'process_protected' }),
    )
  } finally {
    for (const each of [supervisor, strayed, stranger]) each.kill('SIGKILL')
    process.kill(-pidOf(server), 'SIGKILL')
  }
})
