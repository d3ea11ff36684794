import type { createInstance } from '#contract/instances'
import type { Input } from '#contract/operation'
import { placeholdersIn } from '#contract/placeholders'
import { checkVariables, parseCpu, parseMemory } from '#contract/workload-check'
import type { VariableSpec, WorkloadDocument } from '#contract/workload'

/** What a person may set on a server: in the deploy form, and later in its settings. */
export type ServerForm = {
  name: string
  /** By env name; only what differs from the workload's default is sent. */
  variables: Record<string, string>
  /** By port name, as typed; empty is chosen by the control plane. */
  ports: Record<string, string>
  /** Null is no limit. */
  memoryBytes: number | null
  /** In cores, as typed; empty is no limit. */
  cpu: string
}

export type ServerFormProblems = {
  name?: 'required' | 'too_long' | 'control'
  cpu?: 'not_a_number' | 'out_of_range'
  memory?: 'too_small'
  ports: Record<string, 'not_a_port' | 'twice'>
  /** What is wrong in the contract's words; the form words it by the rule. */
  variables: Record<string, string>
}

type Body = Input<typeof createInstance>['body']

export const MIN_MEMORY = 6 * 1024 * 1024

export const visibleVariables = ({ spec }: WorkloadDocument): VariableSpec[] =>
  (spec.variables ?? []).filter(({ userVisible }) => userVisible !== false)

/** Where a text of the document asks for the memory limit, there must be one. */
export const needsMemoryLimit = ({ spec }: WorkloadDocument): boolean =>
  placeholdersIn(JSON.stringify(spec)).includes('limits.memoryMb')

export function limitsOf({ spec }: WorkloadDocument): { memoryBytes: number | null; cpu: string } {
  const { memory, cpu } = spec.resources?.limits ?? {}
  const cores = cpu === undefined ? null : parseCpu(cpu)
  return { memoryBytes: memory === undefined ? null : parseMemory(memory), cpu: cores === null ? '' : String(cores) }
}

/** The form as the workload suggests it. */
export function startForm(document: WorkloadDocument, name: string): ServerForm {
  const ports = (document.spec.ports ?? []).map(
    (port) => [port.name, port.hostPort === undefined ? '' : String(port.hostPort)] as const,
  )
  return {
    name,
    variables: Object.fromEntries((document.spec.variables ?? []).map(({ env, default: value = '' }) => [env, value])),
    ports: Object.fromEntries(ports),
    ...limitsOf(document),
  }
}

/** `base`, or `base 2`, `base 3` … where it is taken already. */
export function freeName(base: string, taken: readonly string[]): string {
  const known = new Set(taken.map((name) => name.toLowerCase()))
  const short = base.trim().slice(0, 58)
  for (let count = 1; ; count++) {
    const name = count === 1 ? short : `${short} ${count}`
    if (!known.has(name.toLowerCase())) return name
  }
}

function nameProblem(name: string): ServerFormProblems['name'] {
  if (name.trim() === '') return 'required'
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f]/.test(name)) return 'control'
  return name.trim().length > 63 ? 'too_long' : undefined
}

function portProblems({ spec }: WorkloadDocument, ports: ServerForm['ports']): ServerFormProblems['ports'] {
  const problems: ServerFormProblems['ports'] = {}
  const owners = new Map<string, string>()
  for (const { name, protocol = 'TCP', alsoUdp } of spec.ports ?? []) {
    const typed = ports[name]?.trim() ?? ''
    if (typed === '') continue
    const number = /^\d{1,5}$/.test(typed) ? Number(typed) : 0
    if (number < 1 || number > 65_535) {
      problems[name] = 'not_a_port'
      continue
    }
    for (const way of alsoUdp ? ['TCP', 'UDP'] : [protocol]) {
      if (owners.has(`${way} ${number}`)) problems[name] = 'twice'
      else owners.set(`${way} ${number}`, name)
    }
  }
  return problems
}

function cpuProblem(cpu: string): ServerFormProblems['cpu'] {
  const typed = cpu.trim().replace(',', '.')
  if (typed === '') return undefined
  const cores = parseCpu(typed)
  if (cores === null) return 'not_a_number'
  return cores < 0.05 || cores > 512 ? 'out_of_range' : undefined
}

/** The values that a person set: those that differ from what the workload gives by itself. */
export function changedVariables({ spec }: WorkloadDocument, values: Record<string, string>): Record<string, string> {
  const changed = (spec.variables ?? []).flatMap(({ env, default: usual = '', userEditable }) => {
    const value = values[env]
    return value === undefined || value === usual || userEditable === false ? [] : [[env, value] as const]
  })
  return Object.fromEntries(changed)
}

export function checkForm(form: ServerForm, document: WorkloadDocument): ServerFormProblems {
  const name = nameProblem(form.name)
  const cpu = cpuProblem(form.cpu)
  return {
    ...(name && { name }),
    ...(cpu && { cpu }),
    ...(form.memoryBytes !== null && form.memoryBytes < MIN_MEMORY && { memory: 'too_small' as const }),
    ports: portProblems(document, form.ports),
    variables: checkVariables(document.spec.variables ?? [], changedVariables(document, form.variables)),
  }
}

export const isSound = ({ ports, variables, ...others }: ServerFormProblems): boolean =>
  Object.keys(others).length + Object.keys(ports).length + Object.keys(variables).length === 0

export const chosenPorts = (form: Pick<ServerForm, 'ports'>): { name: string; host_port: number }[] =>
  Object.entries(form.ports).flatMap(([name, typed]) =>
    typed.trim() === '' ? [] : [{ name, host_port: Number(typed) }],
  )

export function formLimits(form: Pick<ServerForm, 'memoryBytes' | 'cpu'>): {
  memory_bytes: number | null
  cpu: number | null
} {
  const typed = form.cpu.trim().replace(',', '.')
  return { memory_bytes: form.memoryBytes, cpu: typed === '' ? null : parseCpu(typed) }
}

/** The request that deploys it. What is as the workload has it stays out, so that it follows the workload. */
export function deployBody(
  form: ServerForm,
  document: WorkloadDocument,
  to: { workloadId: string; nodeId: string; start: boolean },
): Body {
  const usual = limitsOf(document)
  const limits = formLimits(form)
  const ports = chosenPorts(form)
  const variables = changedVariables(document, form.variables)
  const changedLimits = {
    ...(form.memoryBytes !== usual.memoryBytes && { memory_bytes: limits.memory_bytes }),
    ...(form.cpu.trim() !== usual.cpu && { cpu: limits.cpu }),
  }
  return {
    workload_id: to.workloadId,
    node_id: to.nodeId,
    name: form.name.trim(),
    start: to.start,
    ...(ports.length > 0 && { ports }),
    ...(Object.keys(variables).length > 0 && { variables }),
    ...(Object.keys(changedLimits).length > 0 && { limits: changedLimits }),
  }
}
