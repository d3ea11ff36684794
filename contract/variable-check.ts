import { oneOf } from './problems.ts'
import { readPattern } from './safe-pattern.ts'
import type { VariableSpec } from './workload.ts'

type Rules = NonNullable<VariableSpec['rules']>

/** A line break in a value could add a line of its own to the file or the console that the value is put into. */
const control = /[\p{Cc}\u2028\u2029]/u

function integerProblem(value: string, { min, max }: Rules): string | undefined {
  const isWhole = /^-?(0|[1-9]\d{0,14})$/.test(value)
  const fits = isWhole && Number(value) >= (min ?? -Infinity) && Number(value) <= (max ?? Infinity)
  if (fits) return undefined
  if (min !== undefined && max !== undefined) return `must be a whole number from ${min} to ${max}`
  if (min !== undefined) return `must be a whole number of at least ${min}`
  return max === undefined ? 'must be a whole number' : `must be a whole number of at most ${max}`
}

const characters = (count: number) => (count === 1 ? '1 character' : `${count} characters`)

function lengthProblem(value: string, { min, max }: Rules): string | undefined {
  const { length } = value
  if (min !== undefined && length < min) return `must have at least ${characters(min)}`
  return max !== undefined && length > max ? `must have at most ${characters(max)}` : undefined
}

/** What a value breaks, empty values excepted. */
export function ruleProblem(value: string, rules: Rules): string | undefined {
  const { type = 'string', options, pattern } = rules
  if (control.test(value) || !value.isWellFormed()) return 'must be a single line of readable text'
  if (value.length > 4096) return 'must have at most 4096 characters'
  if (type === 'boolean' && value !== 'true' && value !== 'false') return 'must be true or false'
  const typed =
    type === 'integer' ? integerProblem(value, rules) : type === 'string' ? lengthProblem(value, rules) : undefined
  if (typed !== undefined) return typed
  if (options && !options.includes(value)) return `must be ${oneOf(options)}`
  if (pattern === undefined) return undefined
  const read = readPattern(`^(?:${pattern})$`)
  return 'matches' in read && read.matches(value) ? undefined : `must match ${pattern}`
}

/** The value that a server gets: the person's, else the default; undefined where there is neither. */
export const valueOf = (spec: VariableSpec, values: Readonly<Record<string, string>>): string | undefined =>
  Object.hasOwn(values, spec.env) ? values[spec.env] : spec.default

/** What is wrong with the values for a workload's variables, by env name; a deploy form shows each at its field. */
export function checkVariables(
  specs: readonly VariableSpec[],
  values: Readonly<Record<string, string>>,
): Record<string, string> {
  const problems = new Map<string, string>()
  for (const spec of specs) {
    const value = valueOf(spec, values) ?? ''
    const problem =
      value === '' ? (spec.rules?.required ? 'is required' : undefined) : ruleProblem(value, spec.rules ?? {})
    const isFixed = spec.userEditable === false && Object.hasOwn(values, spec.env) && values[spec.env] !== spec.default
    if (isFixed) problems.set(spec.env, 'is fixed by the workload')
    else if (problem !== undefined) problems.set(spec.env, problem)
  }
  for (const env of Object.keys(values)) {
    if (!specs.some((spec) => spec.env === env)) problems.set(env, 'is not a variable of this workload')
  }
  return Object.fromEntries(problems)
}
