import fs from 'node:fs'
import os from 'node:os'
import type { Pty } from 'node-pty'
import { identify } from '../process-table.ts'
import { killTree, signalGroup } from '../process-tree.ts'
import type { Launch, ProcessTarget } from './launch.ts'
import type { Supervised } from './supervised.ts'

/** Starts a program under a terminal, in a session of its own. */
export async function startProcess(
  launch: Launch,
  target: ProcessTarget,
  onData: (data: Buffer) => void,
): Promise<Supervised> {
  const { spawn } = await import('node-pty')
  const oomBefore = oomKills(target)
  // The kernel hands root's groups on to whatever user the child becomes, unless we drop them first.
  if (target.user) process.setgroups?.([target.user.gid])
  // The child is born inside its limits; a process of ours that stayed there could be killed in its stead.
  enter(target.cgroup?.enter ?? [])
  let pty: Pty
  try {
    pty = spawn(target.file, target.args, {
      name: 'xterm-256color',
      cols: launch.cols,
      rows: launch.rows,
      cwd: target.cwd,
      env: target.env,
      encoding: null,
      ...target.user,
    })
  } finally {
    enter(target.cgroup?.leave ?? [])
  }
  const child = identify(pty.pid) ?? { pid: pty.pid, start: '' }
  const tree = { child, marker: launch.instance, cgroupProcs: target.cgroup?.enter[0] ?? null }
  pty.onData(onData)
  const ended = new Promise<Awaited<Supervised['ended']>>((resolve) => {
    pty.onExit(({ exitCode, signal }) => {
      // Whatever it left behind would hold its ports and files, and print where nobody reads.
      void killTree(tree).then(() => {
        const oom = oomKills(target) > oomBefore && (exitCode !== 0 || Boolean(signal))
        resolve({ code: signal ? null : exitCode, signal: signal ? signalName(signal) : null, oom })
      })
    })
  })
  return {
    child,
    containerId: null,
    write: (data) => pty.write(data),
    resize: (cols, rows) => pty.resize(cols, rows),
    signal: (name) => signalGroup(pty.pid, name),
    async kill() {
      if (process.platform === 'win32') pty.kill()
      await killTree(tree)
    },
    ended,
  }
}

function enter(files: string[]) {
  for (const file of files) fs.writeFileSync(file, String(process.pid))
}

function oomKills(target: ProcessTarget): number {
  if (!target.cgroup?.oomCounter) return 0
  try {
    return Number(/^oom_kill (\d+)$/m.exec(fs.readFileSync(target.cgroup.oomCounter, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}

const signalName = (number: number) =>
  Object.entries(os.constants.signals).find(([, value]) => value === number)?.[0] ?? `signal ${number}`
