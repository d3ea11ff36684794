import { NODE_LABELS, nodeLabelsProblem } from './node-labels.ts'
import { placeholdersIn } from './placeholders.ts'
import { fieldPath, nearest, oneOf, type Problems } from './problems.ts'
import { parseCpu, parseMemory } from './quantities.ts'
import { readPattern } from './safe-pattern.ts'
import { ruleProblem } from './variable-check.ts'
import type { VariableSpec, WorkloadDocument } from './workload.ts'

/** The sound fields of a group, and the names of those that the schema refused already. */
export type Part<T> = { fields: Partial<T>; broken: ReadonlySet<string> }

type Metadata = Partial<WorkloadDocument['metadata']>
type Spec = WorkloadDocument['spec']
type Rule = (spec: Spec, problems: Problems, broken: ReadonlySet<string>) => void

/** Docker refuses less. */
const MIN_MEMORY = 6 * 1024 * 1024
const MIN_CPU = 0.05

/** Says so at each entry whose key an earlier one has. */
function unique<T>(
  items: readonly T[],
  path: string,
  field: string,
  keyOf: (item: T) => string,
  problems: Problems,
): void {
  const first = new Map<string, number>()
  items.forEach((item, i) => {
    const key = keyOf(item)
    const earlier = first.get(key)
    const at = field ? fieldPath(fieldPath(path, i), field) : fieldPath(path, i)
    if (earlier === undefined) first.set(key, i)
    else problems.add(at, `is the same as that of ${fieldPath(path, earlier)}`)
  })
}

/** The protocols that a port is published for. */
export const protocolsOf = (port: NonNullable<Spec['ports']>[number]): ('tcp' | 'udp')[] => {
  if (port.protocol === 'UDP') return ['udp']
  return port.alsoUdp ? ['tcp', 'udp'] : ['tcp']
}

function checkMetadata({ name, labels = {}, annotations = {} }: Metadata, problems: Problems): void {
  if (name !== undefined && name !== name.trim()) problems.add('metadata.name', 'must not begin or end with a space')
  for (const [field, group, max] of [
    ['labels', labels, 63],
    ['annotations', annotations, 120],
  ] as const) {
    for (const key of Object.keys(group)) {
      if (key === '' || key.length > max) {
        problems.add(fieldPath(`metadata.${field}`, key), `must have a name of 1 to ${max} characters`)
      }
    }
  }
  const needed = annotations[NODE_LABELS]
  const problem = typeof needed === 'string' ? nodeLabelsProblem(needed) : undefined
  if (problem) problems.add(fieldPath('metadata.annotations', NODE_LABELS), problem)
}

const checkRuntime: Rule = (spec, problems, broken) => {
  const isProcess = spec.runtime === 'process'
  if (broken.has('runtime')) return
  if (!isProcess && spec.image === undefined && !broken.has('image')) {
    problems.add('spec.image', 'is missing; the docker runtime needs an image')
  }
  if (isProcess && !spec.command?.[0] && !broken.has('command')) {
    problems.add('spec.command', 'is missing; the process runtime needs the program to run')
  }
  if (!isProcess && spec.command?.[0] === '') problems.add('spec.command[0]', 'must not be empty')
  if (isProcess && spec.volumes?.length) {
    problems.add('spec.volumes', 'belong to the docker runtime; a process keeps its files in its data folder')
  }
  if (isProcess && spec.install?.image !== undefined) {
    problems.add('spec.install.image', 'belongs to the docker runtime; a process is installed on the machine itself')
  }
  const { workingDir } = spec
  if (workingDir === undefined) return
  if (!isProcess && !workingDir.startsWith('/')) {
    problems.add('spec.workingDir', 'must be a path in the container that begins with a slash')
  }
  const why = isProcess && insideProblem(workingDir)
  if (why) problems.add('spec.workingDir', why)
}

const checkPorts: Rule = ({ ports = [] }, problems) => {
  unique(ports, 'spec.ports', 'name', ({ name }) => name, problems)
  const published = ports.flatMap((port, i) => protocolsOf(port).map((protocol) => ({ port, protocol, i })))
  for (const field of ['containerPort', 'hostPort'] as const) {
    const first = new Map<string, number>()
    for (const { port, protocol, i } of published) {
      const key = `${port[field]}/${protocol}`
      const earlier = first.get(key)
      if (earlier === undefined) first.set(key, i)
      else if (port[field] !== undefined) {
        problems.add(
          `spec.ports[${i}].${field}`,
          `is the same ${protocol.toUpperCase()} port as that of spec.ports[${earlier}]`,
        )
      }
    }
  }
  const primary = ports.findIndex((port) => port.primary)
  ports.forEach((port, i) => {
    if (port.primary && i !== primary) {
      problems.add(`spec.ports[${i}].primary`, `is set at spec.ports[${primary}] already; only one port can be`)
    }
    if (port.alsoUdp && port.protocol === 'UDP') {
      problems.add(`spec.ports[${i}].alsoUdp`, 'is for TCP ports; this one is UDP')
    }
  })
}

const checkVolumes: Rule = ({ volumes = [] }, problems) => {
  unique(volumes, 'spec.volumes', 'name', ({ name }) => name, problems)
  const plain = (path: string) => path.replace(/\/+/g, '/').replace(/(.)\/$/, '$1')
  unique(volumes, 'spec.volumes', 'mountPath', ({ mountPath }) => plain(mountPath), problems)
  volumes.forEach(({ mountPath }, i) => {
    const at = `spec.volumes[${i}].mountPath`
    if (plain(mountPath) === '/') problems.add(at, 'must not be the root of the container')
    if (/(^|\/)\.\.?(\/|$)/.test(mountPath)) problems.add(at, 'must not hold . or ..')
    if (/[:,\\\n\r]/.test(mountPath)) problems.add(at, 'must not hold a colon, comma, backslash or line break')
  })
}

const checkResources: Rule = ({ resources = {} }, problems) => {
  const { requests = {}, limits = {} } = resources
  for (const [group, amounts] of [
    ['requests', requests],
    ['limits', limits],
  ] as const) {
    const cpu = amounts.cpu === undefined ? undefined : parseCpu(amounts.cpu)
    const memory = amounts.memory === undefined ? undefined : parseMemory(amounts.memory)
    if (cpu === null || (cpu !== undefined && (cpu < MIN_CPU || cpu > 512))) {
      problems.add(`spec.resources.${group}.cpu`, 'must be from 50m to 512')
    }
    if (memory === null || (memory !== undefined && memory < MIN_MEMORY)) {
      problems.add(`spec.resources.${group}.memory`, 'must be at least 6Mi, and no more than a machine can have')
    }
  }
  const isMore = (parse: typeof parseCpu, least?: string, most?: string) =>
    least !== undefined && most !== undefined && (parse(least) ?? 0) > (parse(most) ?? Infinity)
  for (const [field, parse] of [
    ['cpu', parseCpu],
    ['memory', parseMemory],
  ] as const) {
    if (isMore(parse, requests[field], limits[field])) {
      problems.add(`spec.resources.requests.${field}`, `must not be more than the limit of ${limits[field]}`)
    }
  }
}

function checkVariable(variable: VariableSpec, path: string, problems: Problems): void {
  const { rules = {}, default: value = '' } = variable
  const { type = 'string', min, max, options, pattern } = rules
  const before = problems.list.length
  if (min !== undefined && max !== undefined && min > max) {
    problems.add(`${path}.rules.min`, 'must not be more than max')
  }
  if (type === 'boolean' && (min !== undefined || max !== undefined)) {
    problems.add(`${path}.rules`, 'min and max mean nothing for true or false')
  }
  if (options?.length === 0) problems.add(`${path}.rules.options`, 'must not be empty')
  if (options) unique(options, `${path}.rules.options`, '', (option) => option, problems)
  const read = pattern === undefined ? undefined : readPattern(pattern)
  if (read && 'problem' in read) problems.add(`${path}.rules.pattern`, read.problem)
  if (problems.list.length > before) return
  const { options: _, ...others } = rules
  options?.forEach((option, i) => {
    const problem = option === '' ? 'must not be empty' : ruleProblem(option, others)
    if (problem) problems.add(`${path}.rules.options[${i}]`, problem)
  })
  const problem = value === '' ? undefined : ruleProblem(value, rules)
  if (problem) problems.add(`${path}.default`, `breaks its own rules: ${problem}`)
  if (value === '' && rules.required && variable.userEditable === false) {
    problems.add(`${path}.default`, 'is missing; nobody could fill this in')
  }
}

const checkVariablesOf: Rule = ({ variables = [], env = {} }, problems) => {
  unique(variables, 'spec.variables', 'env', ({ env: name }) => name, problems)
  variables.forEach((variable, i) => {
    const path = `spec.variables[${i}]`
    if (Object.hasOwn(env, variable.env)) problems.add(`${path}.env`, 'is set in spec.env too; keep one of them')
    checkVariable(variable, path, problems)
  })
}

/** Why a path would not stay below the data folder, or is not the same on every machine. */
function insideProblem(path: string): string | undefined {
  if (/[\\:\p{Cc}]/u.test(path)) return 'must not hold a backslash, colon or control character'
  if (path.startsWith('/')) return 'must be a path below the data folder, without a slash at its beginning'
  return path.split('/').some((name) => name === '' || name === '.' || name === '..')
    ? 'must not hold an empty name, . or ..'
    : undefined
}

const checkConfigFiles: Rule = ({ configFiles = [] }, problems) => {
  unique(configFiles, 'spec.configFiles', 'path', ({ path }) => path.toLowerCase(), problems)
  configFiles.forEach(({ path }, i) => {
    const why = insideProblem(path)
    if (why) problems.add(`spec.configFiles[${i}].path`, why)
  })
}

const checkLife: Rule = ({ ready = {}, stop = {}, ports = [] }, problems, broken) => {
  if (ready.log === '') problems.add('spec.ready.log', 'must not be empty')
  const read = ready.regex === undefined ? undefined : readPattern(ready.regex)
  if (ready.regex === '') problems.add('spec.ready.regex', 'must not be empty')
  else if (read && 'problem' in read) problems.add('spec.ready.regex', read.problem)
  if (ready.port !== undefined && !broken.has('ports')) {
    const port = ports.find(({ name }) => name === ready.port)
    if (!port) {
      problems.add(
        'spec.ready.port',
        `must be the name of a port${ports.length > 0 ? `: ${oneOf(ports.map(({ name }) => name))}` : '; there are none'}`,
      )
    } else if (port.protocol === 'UDP') {
      problems.add('spec.ready.port', 'must be a TCP port; nobody answers on a UDP port')
    }
  }
  if (stop.command !== undefined && stop.command.trim() === '') problems.add('spec.stop.command', 'must not be empty')
  if (/[\r\n]/.test(stop.command ?? '')) problems.add('spec.stop.command', 'must be a single line')
}

/** Every text that may hold placeholders, with its path. */
const textsOf = (spec: Spec): [string, string][] => [
  ...(spec.command ?? []).map((text, i): [string, string] => [`spec.command[${i}]`, text]),
  ...(spec.args ?? []).map((text, i): [string, string] => [`spec.args[${i}]`, text]),
  ...Object.entries(spec.env ?? {}).map(([name, text]): [string, string] => [fieldPath('spec.env', name), text]),
  ...(spec.configFiles ?? []).map(({ content }, i): [string, string] => [`spec.configFiles[${i}].content`, content]),
  ['spec.stop.command', spec.stop?.command ?? ''],
  ['spec.install.script', spec.install?.script ?? ''],
]

const checkPlaceholders: Rule = (spec, problems, broken) => {
  const variables = (spec.variables ?? []).map(({ env }) => env)
  const ports = (spec.ports ?? []).map(({ name }) => `port.${name}`)
  const known = [...variables, ...ports, 'limits.memoryMb', 'instance.name']
  for (const [path, text] of textsOf(spec)) {
    for (const name of placeholdersIn(text)) {
      if (name === 'limits.memoryMb' && !broken.has('resources') && !spec.resources?.limits?.memory) {
        problems.add(path, 'uses {{limits.memoryMb}}, so spec.resources.limits.memory must say how much that is')
      }
      if (known.includes(name) || broken.has(name.startsWith('port.') ? 'ports' : 'variables')) continue
      const meant = nearest(name, known)
      problems.add(
        path,
        `uses {{${name}}}, which is not known${meant ? `; did you mean {{${meant}}}?` : '; it takes variables, port.NAME, limits.memoryMb and instance.name'}`,
      )
    }
  }
}

const rules: Rule[] = [
  checkRuntime,
  checkPorts,
  checkVolumes,
  checkResources,
  checkVariablesOf,
  checkConfigFiles,
  checkLife,
  checkPlaceholders,
]

/** What a schema cannot say of a workload: fields that need, exclude or name one another. */
export function checkRules(metadata: Part<WorkloadDocument['metadata']>, spec: Part<Spec>, problems: Problems): void {
  checkMetadata(metadata.fields, problems)
  for (const rule of rules) rule(spec.fields, problems, spec.broken)
}
