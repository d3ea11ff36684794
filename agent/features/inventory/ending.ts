import type { Owner } from '#agent/features/instances/manager'
import { AgentError, conflict } from '#agent/errors'
import { readProcess } from '#agent/runtimes/process-table'
import { errorCode } from '#agent/state'
import { belonging, startToken } from './belonging.ts'
import { clean } from './text.ts'

export type Wanted = { pid: number; started_at: string; signal: 'SIGTERM' | 'SIGKILL' }

/**
 * Sends a signal to a process, if it is the one that is meant. Node reaches no pidfd, so the start time is read in the same turn
 * as the signal is sent, with nothing between the two system calls: for it to reach another, the process would have to end, be
 * reaped, and its number be given out again after all others, within those microseconds. Answers what it was.
 */
export function endProcess({ pid, started_at, signal }: Wanted, owners: readonly Owner[]): { name: string } {
  const row = readProcess(pid)
  if (!row || row.zombie || startToken(row.start) !== started_at) throw gone(pid)
  const whose = belonging(readProcess, owners)
  if (whose.isProtected(pid)) {
    throw new AgentError(
      403,
      'process_protected',
      'Ending this process would end the agent, the machine, or what holds a server. It is left alone.',
    )
  }
  const server = whose.serverOf(pid)
  if (server !== null) {
    const name = owners.find(({ id }) => id === server)?.name ?? server
    throw conflict('process_managed', `This process belongs to the server ${name}. Stop that server instead.`)
  }
  const now = readProcess(pid)
  if (!now || startToken(now.start) !== started_at) throw gone(pid)
  try {
    process.kill(pid, signal)
  } catch (error) {
    if (errorCode(error) === 'ESRCH') throw gone(pid)
    if (errorCode(error) !== 'EPERM') throw error
    throw new AgentError(
      403,
      'process_not_permitted',
      'The agent may not end this process: it runs without the rights of root.',
    )
  }
  return { name: clean(row.name, 64) }
}

const gone = (pid: number) => conflict('process_gone', `The process that had the number ${pid} is gone.`)
