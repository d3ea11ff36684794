import type { TSchema } from 'typebox'
import { fieldPath, nearest, oneOf, type Problems } from './problems.ts'

/** The part of JSON Schema that our documents are described in. */
type Node = {
  type?: string
  const?: unknown
  enum?: unknown[]
  anyOf?: Node[]
  properties?: Record<string, Node>
  required?: string[]
  patternProperties?: Record<string, Node>
  maxProperties?: number
  items?: Node
  minItems?: number
  maxItems?: number
  minLength?: number
  maxLength?: number
  pattern?: string
  minimum?: number
  maximum?: number
}

/** What to say where a text does not match the pattern of its field, by pattern. */
export type PatternWords = Readonly<Record<string, string>>

type Walk = { problems: Problems; words: PatternWords }

const poisoned = new Set(['__proto__', 'constructor', 'prototype'])

const isObject = (value: unknown): value is Record<string, unknown> => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const proto: unknown = Object.getPrototypeOf(value)
  return proto === Object.prototype || proto === null
}

/** What was found instead, for people who wrote `EULA: true` and wonder. */
function found(value: unknown): string {
  if (value === null) return 'is empty'
  if (Array.isArray(value)) return 'is a list'
  if (typeof value === 'object') return 'is a group of fields'
  if (typeof value === 'string') return 'is text'
  if (typeof value === 'number' || typeof value === 'boolean') return `is ${String(value)}`
  return 'is something else'
}

function numberWords({ type, minimum, maximum }: Node): string {
  const what = type === 'integer' ? 'a whole number' : 'a number'
  if (minimum !== undefined && maximum !== undefined) return `must be ${what} from ${minimum} to ${maximum}`
  if (minimum !== undefined) return `must be ${what} of at least ${minimum}`
  return maximum === undefined ? `must be ${what}` : `must be ${what} of at most ${maximum}`
}

const choices = ({ enum: values, anyOf, const: only }: Node): unknown[] | undefined =>
  values ??
  (anyOf?.every((option) => 'const' in option) ? anyOf.map((option) => option.const) : undefined) ??
  (only === undefined ? undefined : [only])

function walkText(node: Node, value: unknown, path: string, { problems, words }: Walk): unknown {
  if (typeof value !== 'string') {
    const hint =
      typeof value === 'number' || typeof value === 'boolean'
        ? ` (it is ${String(value)}; write it in quotes)`
        : `, but ${found(value)}`
    return problems.add(path, `must be text${hint}`)
  }
  const { minLength = 0, maxLength = Infinity, pattern } = node
  if (value.length < minLength) {
    return problems.add(path, minLength === 1 ? 'must not be empty' : `must have at least ${minLength} characters`)
  }
  if (value.length > maxLength) {
    return problems.add(path, `must have at most ${maxLength} characters, and has ${value.length}`)
  }
  if (value.includes('\0') || !value.isWellFormed()) {
    return problems.add(path, 'must be readable text: it holds a character that is none')
  }
  if (pattern !== undefined && !new RegExp(pattern).test(value)) {
    return problems.add(path, words[pattern] ?? `must match ${pattern}`)
  }
  return value
}

function walkNumber(node: Node, value: unknown, path: string, { problems }: Walk): unknown {
  const { minimum = -Infinity, maximum = Infinity } = node
  const fits = typeof value === 'number' && Number.isFinite(value) && value >= minimum && value <= maximum
  if (!fits || (node.type === 'integer' && !Number.isInteger(value))) {
    return problems.add(path, `${numberWords(node)}, but ${found(value)}`)
  }
  return value
}

function walkList(node: Node, value: unknown, path: string, walk: Walk): unknown {
  const { items = {}, minItems = 0, maxItems = Infinity } = node
  if (!Array.isArray(value)) return walk.problems.add(path, `must be a list, but ${found(value)}`)
  if (value.length < minItems) walk.problems.add(path, 'must not be empty')
  if (value.length > maxItems) {
    return walk.problems.add(path, `must have at most ${maxItems} entries, and has ${value.length}`)
  }
  return Array.from(value, (item: unknown, i) => walkNode(items, item, fieldPath(path, i), walk))
}

function walkRecord(node: Node, value: unknown, path: string, walk: Walk): unknown {
  if (!isObject(value)) return walk.problems.add(path, `must be a group of names with texts, but ${found(value)}`)
  const { maxProperties = Infinity } = node
  const [pattern, item] = Object.entries(node.patternProperties ?? {})[0] ?? ['', {}]
  const names = Object.keys(value).filter((name) => value[name] !== undefined)
  if (names.length > maxProperties) {
    return walk.problems.add(path, `must have at most ${maxProperties} entries, and has ${names.length}`)
  }
  const matcher = new RegExp(pattern)
  const entries: [string, unknown][] = []
  for (const name of names) {
    const at = fieldPath(path, name)
    if (poisoned.has(name)) walk.problems.add(at, 'must have another name; this one is reserved')
    else if (!matcher.test(name) || !name.isWellFormed()) {
      walk.problems.add(at, walk.words[`name ${pattern}`] ?? 'must have another name')
    } else entries.push([name, walkNode(item, value[name], at, walk)])
  }
  return Object.fromEntries(entries)
}

function walkObject(node: Node, value: unknown, path: string, walk: Walk): unknown {
  if (!isObject(value)) return walk.problems.add(path, `must be a group of fields, but ${found(value)}`)
  const { properties = {}, required = [] } = node
  const known = Object.keys(properties)
  for (const name of Object.keys(value)) {
    if (known.includes(name) || value[name] === undefined) continue
    const meant = nearest(name, known)
    walk.problems.add(fieldPath(path, name), `is not a known field${meant ? `; did you mean ${meant}?` : ''}`)
    if (walk.problems.isFull) break
  }
  const clean: Record<string, unknown> = {}
  for (const [name, child] of Object.entries(properties)) {
    const given = Object.hasOwn(value, name) ? value[name] : undefined
    if (given !== undefined) clean[name] = walkNode(child, given, fieldPath(path, name), walk)
    else if (required.includes(name)) walk.problems.add(fieldPath(path, name), 'is missing')
  }
  return clean
}

function walkNode(node: Node, value: unknown, path: string, walk: Walk): unknown {
  if (walk.problems.isFull) return undefined
  const options = choices(node)
  if (options) {
    if (options.includes(value)) return value
    return walk.problems.add(path, `must be ${oneOf(options.map(String))}`)
  }
  if (node.type === 'string') return walkText(node, value, path, walk)
  if (node.type === 'integer' || node.type === 'number') return walkNumber(node, value, path, walk)
  if (node.type === 'array') return walkList(node, value, path, walk)
  if (node.patternProperties) return walkRecord(node, value, path, walk)
  if (node.type === 'object') return walkObject(node, value, path, walk)
  if (typeof value === 'boolean') return value
  return walk.problems.add(path, `must be true or false, but ${found(value)}`)
}

/**
 * Walks a value along its schema, saying in words what does not fit, and returns a copy with the fields in the order
 * of the schema. It goes no deeper than the schema does, whatever it is given. TypeBox's own errors are made for programs.
 */
export const checkAgainst = (
  schema: TSchema,
  value: unknown,
  path: string,
  problems: Problems,
  words: PatternWords,
): unknown => walkNode(schema as Node, value, path, { problems, words })
