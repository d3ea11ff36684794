import path from 'node:path'
import { openLogWriter } from '../../log/log-writer.ts'
import { readJsonSync, writeJsonSync } from '../../state.ts'
import { bootId, identify } from '../process-table.ts'
import { claimRun } from './claim.ts'
import { superviseContainer } from './container-child.ts'
import type { Launch, RunStatus } from './launch.ts'
import { createOutput } from './output.ts'
import { startProcess } from './process-child.ts'
import { serveAgents } from './socket.ts'
import type { Supervised } from './supervised.ts'

/**
 * The supervisor: one small process for each server that runs. It holds the server's terminal and is the only writer of
 * its log, so that agents may come and go. Started by an agent with the folder of the run and its number.
 */
async function main(folder: string, run: number): Promise<void> {
  const launch = readJsonSync(path.join(folder, 'launch.json')) as Launch | undefined
  const self = identify(process.pid)
  if (launch?.run !== run || !self || !claimRun(folder, run, { supervisor: self })) return

  const writer = openLogWriter(launch.log.folder, launch.log.limits)
  const status: RunStatus = {
    run,
    generation: launch.generation,
    supervisor: self,
    socket: launch.socket,
    boot: bootId(),
    log_start: writer.offset,
    log_end: writer.offset,
    child: null,
    container_id: launch.target.kind === 'container' ? launch.target.id : null,
    started_at: null,
    error: null,
    exit: null,
  }
  let supervised: Supervised | undefined
  let stopping = false
  const currentStatus = () => JSON.stringify({ ...status, log_end: writer.offset })
  const agents = await serveAgents(launch.socket, {
    status: currentStatus,
    input: (data) => supervised?.write(data),
    resize: (cols, rows) => supervised?.resize(cols, rows),
    signal: (name) => supervised?.signal(name),
    kill: () => void supervised?.kill(),
    note(text) {
      output.finish()
      writer.note(text)
      agents.advanced(writer.offset)
    },
    clear() {
      output.finish()
      writer.clear()
      agents.advanced(writer.offset)
    },
  })
  const output = createOutput(writer, launch.mask, (offset) => agents.advanced(offset))

  // The machine is being shut down: the server gets its own way of stopping rather than the system's.
  process.on('SIGTERM', () => {
    if (stopping || !supervised) return
    stopping = true
    const { command, signal, timeoutSeconds } = launch.stop
    if (command) supervised.write(Buffer.from(`${command}\r`))
    else supervised.signal(signal)
    setTimeout(() => void supervised?.kill(), timeoutSeconds * 1000).unref()
  })
  process.on('SIGHUP', () => undefined)
  process.on('SIGINT', () => undefined)

  try {
    const { target } = launch
    supervised =
      target.kind === 'process'
        ? await startProcess(launch, target, output.push)
        : await superviseContainer(target, output.push)
    status.child = supervised.child
    status.started_at = launch.startedAt ?? new Date().toISOString()
    writeJsonSync(path.join(folder, 'status.json'), status)
    agents.status()
    status.exit = { ...(await supervised.ended), at: new Date().toISOString() }
  } catch (error) {
    status.error = error instanceof Error ? error.message : String(error)
    status.exit = { code: null, signal: null, oom: false, at: new Date().toISOString() }
  }
  output.finish()
  status.log_end = writer.offset
  writeJsonSync(path.join(folder, 'status.json'), status)
  agents.advanced(writer.offset)
  agents.status()
  writer.close()
  // An agent that hangs must not keep us.
  setTimeout(() => process.exit(0), 1000).unref()
  await agents.close()
  process.exit(0)
}

await main(process.argv[2] ?? '', Number(process.argv[3]))
