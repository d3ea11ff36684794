import type { InstanceSpec } from '#contract/agent'
import type { RunEnd } from '#agent/runtimes/run'

export type RestartRules = { backoffMs: number[]; giveUpAfter: number; windowMs: number }

export const defaultRules: RestartRules = {
  backoffMs: [5_000, 15_000, 60_000, 300_000],
  giveUpAfter: 5,
  windowMs: 600_000,
}

export type Ended = {
  end: RunEnd
  spec: Pick<InstanceSpec, 'restart_policy' | 'limits'>
  /** Somebody asked for it, by an action or by typing the stop command. */
  requested: boolean
  /** Times of earlier crashes, and how many there were in a row. */
  crashes: number[]
  crashCount: number
  now: number
}

export type Verdict =
  | { kind: 'stopped'; reason: string | null }
  | { kind: 'again'; reason: string; delayMs: number; crashed: boolean; crashes: number[]; crashCount: number }
  | { kind: 'failed'; reason: string; gaveUp: boolean; crashes: number[]; crashCount: number }

/** What follows the end of a run. */
export function afterEnd({ end, spec, requested, crashes, crashCount, now }: Ended, rules: RestartRules): Verdict {
  if (requested) return { kind: 'stopped', reason: null }
  const what = describeEnd(end, spec.limits.memory_bytes)
  if (end.lost === 'machine') return { kind: 'again', reason: what, delayMs: 0, crashed: false, crashes, crashCount }
  const clean = end.code === 0 && !end.oom && !end.error
  if (clean && spec.restart_policy !== 'always') {
    return { kind: 'stopped', reason: 'It stopped by itself (exit code 0).' }
  }

  const recent = [...crashes.filter((at) => now - at < rules.windowMs), now]
  const counted = { crashes: recent, crashCount: crashCount + 1 }
  if (spec.restart_policy === 'never') {
    return {
      kind: 'failed',
      reason: `${what} Its restart policy is never, so it stays stopped.`,
      gaveUp: false,
      ...counted,
    }
  }
  if (recent.length >= rules.giveUpAfter) {
    const minutes = Math.round(rules.windowMs / 60_000)
    const reason = `${what} That was the ${ordinal(recent.length)} time within ${minutes} minutes, so it is not started again.`
    return { kind: 'failed', reason, gaveUp: true, ...counted }
  }
  const delayMs = rules.backoffMs[Math.min(recent.length, rules.backoffMs.length) - 1] ?? 0
  return {
    kind: 'again',
    reason: `${what} It starts again in ${inWords(delayMs)}.`,
    delayMs,
    crashed: !clean,
    ...counted,
  }
}

/** How a run ended, as a sentence. */
export function describeEnd(end: RunEnd, memoryLimit: number | null): string {
  if (end.oom) {
    return memoryLimit
      ? `It ran out of memory: it was killed because it needed more than its limit of ${mebibytes(memoryLimit)} MiB.`
      : 'It ran out of memory: the machine had none left and killed it.'
  }
  if (end.lost === 'machine') return 'The machine was restarted.'
  if (end.lost === 'supervisor') return 'Its supervisor was killed, and the server was ended with it.'
  if (end.error) return end.error
  if (end.signal) return `It was ended by ${end.signal}.`
  return end.code === null ? 'It ended; how is not known.' : `It ended with exit code ${end.code}.`
}

const mebibytes = (bytes: number) => Math.round(bytes / 1024 / 1024)
const ordinal = (count: number) =>
  `${count}${['th', 'st', 'nd', 'rd'][count % 10 > 3 || Math.floor(count / 10) === 1 ? 0 : count % 10]}`
const inWords = (ms: number) => (ms >= 60_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 1000)} s`)
