import { missingLabels, requiredLabels } from '#contract/node-labels'
import type { WorkloadDocument } from '#contract/workload'
import { checkVariables, parseCpu, parseMemory } from '#contract/workload-check'
import { conflict, invalid } from '#server/errors'
import type { PlacementNode } from './store.ts'
import { MASK } from './view.ts'

type Values = Readonly<Record<string, string>>

/** The values that differ from the workload's defaults, once `given` is laid over `current`; throws with every mistake. */
export function mergeVariables(document: WorkloadDocument, current: Values, given: Values): Record<string, string> {
  const specs = document.spec.variables ?? []
  const merged = new Map<string, string>()
  for (const { env } of specs) if (Object.hasOwn(current, env)) merged.set(env, current[env] ?? '')
  for (const [env, value] of Object.entries(given)) {
    const isUntouchedSecret = value === MASK && specs.some((spec) => spec.env === env && spec.secret)
    if (!isUntouchedSecret) merged.set(env, value)
  }
  const details = Object.entries(checkVariables(specs, Object.fromEntries(merged))).map(([env, message]) => ({
    path: `variables.${env}`,
    message,
  }))
  const [first] = details
  if (first) throw invalid('invalid_variables', `${first.path.slice('variables.'.length)} ${first.message}.`, details)
  return Object.fromEntries(
    specs
      .filter(({ env, default: standard = '' }) => merged.has(env) && merged.get(env) !== standard)
      .map(({ env }) => [env, merged.get(env) ?? '']),
  )
}

/** A NUL would end the value early where the server is started; a variable's name would get round its rules. */
export function checkEnv(document: WorkloadDocument, env: Values): Record<string, string> {
  const shadowed = document.spec.variables?.find((spec) => Object.hasOwn(env, spec.env))?.env
  if (shadowed !== undefined) {
    throw invalid('invalid_env', `${shadowed} is a variable of the workload. Set it under variables.`, [
      { path: `env.${shadowed}`, message: 'is a variable of the workload' },
    ])
  }
  const broken = Object.keys(env).find((name) => env[name]?.includes('\0'))
  if (broken !== undefined) {
    throw invalid('invalid_env', `${broken} holds a character that no environment can carry.`, [
      { path: `env.${broken}`, message: 'must not hold a NUL character' },
    ])
  }
  return { ...env }
}

/** The wished host ports by port name; each port once. */
export function checkOverrides(ports: readonly { name: string; host_port: number }[] = []): Record<string, number> {
  const seen = new Map<string, number>()
  for (const { name, host_port } of ports) {
    if (seen.has(name)) {
      throw invalid('invalid_ports', `The port ${name} is given twice.`, [
        { path: `ports.${name}`, message: 'is given twice' },
      ])
    }
    seen.set(name, host_port)
  }
  return Object.fromEntries(seen)
}

/** What the workload asks for, where the person says nothing. */
export function limitsOf(document: WorkloadDocument): { cpu: number | null; memory_bytes: number | null } {
  const { cpu, memory } = document.spec.resources?.limits ?? {}
  return {
    cpu: cpu === undefined ? null : parseCpu(cpu),
    memory_bytes: memory === undefined ? null : parseMemory(memory),
  }
}

/** Whether a machine takes this workload; says in words why not. */
export function checkPlacement(node: PlacementNode, document: WorkloadDocument): void {
  if (node.cordoned) {
    throw conflict('node_cordoned', `${node.name} takes no new servers now. Choose another machine, or uncordon it.`)
  }
  if (node.draining) {
    throw conflict('node_draining', `${node.name} is being emptied and takes no new servers. Choose another machine.`)
  }
  const lacking = missingLabels(requiredLabels(document), JSON.parse(node.labels) as Record<string, string>)
  if (lacking.length > 0) {
    throw conflict(
      'node_labels_missing',
      `This workload asks for a machine with the labels ${lacking.join(', ')}, which ${node.name} does not bear. Choose another machine, or label this one.`,
    )
  }
  const runtime = document.spec.runtime ?? 'docker'
  const { runtimes } = JSON.parse(node.capabilities) as { runtimes: string[] }
  if (runtimes.includes(runtime)) return
  if (node.last_seen_at === null) {
    throw conflict('node_not_connected', `${node.name} has not connected yet. Start its agent first.`)
  }
  if (runtime === 'docker') {
    throw conflict(
      'runtime_missing',
      `This workload runs in a container, but no Docker engine answers on ${node.name}. Install and start Docker there, or choose another machine.`,
    )
  }
  throw conflict(
    'runtime_missing',
    `This workload runs as a process of the machine, which ${node.name} does not offer. Choose another machine.`,
  )
}

/** `minecraft-2`: the workload's name with the first number that is free. */
export function freeName(workloadName: string, taken: readonly string[]): string {
  const names = new Set(taken)
  for (let n = 1; ; n++) {
    const name = `${baseName(workloadName)}-${n}`
    if (!names.has(name)) return name
  }
}
/** Leaves room for the number within what a name may have. */
export const baseName = (workloadName: string) => Array.from(workloadName).slice(0, 50).join('').trim()
