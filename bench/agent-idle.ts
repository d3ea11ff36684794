import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { atMost, type Figure } from './measure.ts'
import { startStack } from './stack.ts'

const SECONDS = 30
/** Clock ticks a second in /proc; 100 on every Linux that Node runs on. */
const TICKS = 100

const pssMiB = (pid: number) =>
  Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? Number.NaN) / 1024
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / TICKS
}

/** What an agent with nothing to run costs, against a Node process that does nothing. */
export async function benchAgentIdle(): Promise<Figure[]> {
  if (process.platform !== 'linux') return []
  const stack = await startStack()
  const bare = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  try {
    await wait(5000)
    const cpu = cpuSeconds(stack.agentPid)
    const bareCpu = cpuSeconds(bare.pid ?? 0)
    await wait(SECONDS * 1000)
    const percent = ((cpuSeconds(stack.agentPid) - cpu) / SECONDS) * 100
    const barePercent = ((cpuSeconds(bare.pid ?? 0) - bareCpu) / SECONDS) * 100
    const pss = pssMiB(stack.agentPid)
    const barePss = pssMiB(bare.pid ?? 0)
    const single = (ratio: number) => ({ ratio, least: ratio, greatest: ratio })
    return [
      {
        name: 'agent idle memory (PSS)',
        unit: 'MiB',
        against: 'bare Node process',
        ours: pss,
        yardstick: barePss,
        ...single(pss / barePss),
        goal: atMost(pss, 60, 'MiB'),
      },
      {
        name: 'agent idle CPU',
        unit: '% of a core',
        against: 'bare Node process',
        ours: percent,
        yardstick: barePercent,
        ...single(percent / Math.max(barePercent, 0.001)),
        goal: atMost(percent, 0.5, '%'),
      },
    ]
  } finally {
    bare.kill()
    await stack.stop()
  }
}
