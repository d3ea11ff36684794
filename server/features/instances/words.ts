import type { Static } from 'typebox'
import type { InstanceExit } from '#contract/instances'
import { formatMemory } from '#contract/workload-check'

/** Deploying is one task; with an install script it is called installing. */
export const deploymentKinds = ['instance.install', 'instance.create'] as const

/** How a run ended, for people. */
export function exitWords({ code, signal, oom }: Static<typeof InstanceExit>, memoryLimit: number | null): string {
  if (oom) {
    return memoryLimit === null
      ? 'It ran out of memory.'
      : `It ran out of memory: its limit is ${formatMemory(memoryLimit)}.`
  }
  if (signal !== null) return `It was ended by ${signal}.`
  return code === null ? 'How it ended is not known.' : `It ended with exit code ${code}.`
}
