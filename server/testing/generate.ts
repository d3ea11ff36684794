import fc from 'fast-check'
import { newId } from '#server/ids'
import type { Random } from './random.ts'

/** The part of JSON Schema that the contract is written in. */
type Node = {
  type?: string | string[]
  const?: unknown
  enum?: unknown[]
  anyOf?: Node[]
  properties?: Record<string, Node>
  required?: string[]
  patternProperties?: Record<string, Node>
  additionalProperties?: boolean | Node
  items?: Node
  minItems?: number
  maxItems?: number
  uniqueItems?: boolean
  format?: string
  pattern?: string
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
}

/** What real values there are to draw from: ids of things, addresses of people, tokens and names. */
export type Pool = {
  ids: readonly string[]
  emails: readonly string[]
  texts: readonly string[]
  /** Puts ids into free text too. */
  hasIdsInText: boolean
  /** Ids that fit a field of this name, which it gets more often than not. */
  fitting?: Readonly<Record<string, readonly string[]>>
}

const samples = new Map<string, readonly string[]>()

/** Some texts that match a pattern; the same ones each time. */
function matching(pattern: string): readonly string[] {
  let known = samples.get(pattern)
  if (!known) {
    known = fc.sample(fc.stringMatching(new RegExp(pattern)), { numRuns: 20, seed: 7 })
    samples.set(pattern, known)
  }
  return known
}

function text(node: Node, random: Random, pool: Pool, name: string): string {
  const { format, pattern, minLength = 0, maxLength = 40 } = node
  const fit = (value: string) => {
    const short = Array.from(value).slice(0, maxLength).join('')
    return short.length < minLength ? short.padEnd(minLength, 'x') : short
  }
  const fitting = pool.fitting?.[name]
  if (format === 'uuid' && fitting && fitting.length > 0 && !random.once(4)) return random.pick(fitting)
  if (format === 'uuid') return random.once(8) ? newId() : random.pick(pool.ids)
  if (format === 'email') return random.once(3) ? `p${random.int(0, 1e6)}@example.com` : random.pick(pool.emails)
  if (format === 'date-time') return new Date(1.7e12 + random.int(0, 1e11)).toISOString()
  if (format === 'uri') return random.pick(['https://example.com', 'http://127.0.0.1:1', 'https://github.example'])
  if (pattern !== undefined) {
    const known = pool.texts.filter((known) => new RegExp(pattern).test(known) && known.length <= maxLength)
    return known.length > 0 && random.once(2) ? random.pick(known) : fit(random.pick(matching(pattern)))
  }
  if (pool.hasIdsInText && random.once(3)) return fit(random.pick(pool.ids))
  if (random.once(2)) return fit(random.pick(pool.texts))
  return fit(
    random.pick([
      'a',
      'name',
      '  spaced  ',
      'ünïcödé',
      '<b>x</b>',
      "'; drop table users; --",
      '../../etc/passwd',
      '%00',
    ]),
  )
}

function number({ type, minimum = -1000, maximum = minimum + 100_000 }: Node, random: Random): number {
  if (random.once(5)) return random.pick([minimum, maximum])
  const value = minimum + random.next() * Math.min(maximum - minimum, 100_000)
  return type === 'integer' ? Math.floor(value) : value
}

/** A value that fits a schema. Optional fields come and go. */
export function generate(schema: unknown, random: Random, pool: Pool, name = ''): unknown {
  const node = schema as Node
  if ('const' in node) return node.const
  if (node.enum) return random.pick(node.enum)
  if (node.anyOf) return generate(random.pick(node.anyOf), random, pool, name)
  const type = Array.isArray(node.type) ? random.pick(node.type) : node.type
  switch (type) {
    case 'null':
      return null
    case 'boolean':
      return random.once(2)
    case 'string':
      return text(node, random, pool, name)
    case 'integer':
    case 'number':
      return number({ ...node, type }, random)
    case 'array': {
      const { items, minItems = 0, maxItems = minItems + 3 } = node
      const length = random.int(minItems, Math.min(maxItems, minItems + 3))
      const made = Array.from({ length }, () => generate(items ?? {}, random, pool, name))
      return node.uniqueItems ? [...new Set(made)] : made
    }
    case 'object': {
      const named = Object.entries(node.properties ?? {})
        .filter(([name]) => node.required?.includes(name) || random.once(2))
        .map(([name, property]) => [name, generate(property, random, pool, name)])
      const [pattern, value] = Object.entries(node.patternProperties ?? {})[0] ?? []
      const more = pattern === undefined ? [] : [[random.pick(matching(pattern)), generate(value, random, pool)]]
      return Object.fromEntries([...named, ...more])
    }
    default:
      return random.pick<unknown>([null, 0, 'text', [], {}])
  }
}

const odd: readonly unknown[] = [
  null,
  true,
  -1,
  0.5,
  1e308,
  Number.MAX_SAFE_INTEGER + 2,
  '',
  'x'.repeat(5000),
  '\u0000',
  '\ud800',
  '\r\nX-Injected: 1',
  '{{constructor}}',
  '$ref',
  [],
  {},
  [[[[]]]],
  { $gt: '' },
  '0190a0a0-0000-7000-8000-000000000000',
  'NaN',
  '1e9999',
]

/** The same value with something wrong in it: a field gone, added, of another type or far too large. */
export function spoil(value: unknown, random: Random): unknown {
  if (typeof value !== 'object' || value === null || random.once(6)) return random.pick(odd)
  if (Array.isArray(value)) {
    if (value.length === 0 || random.once(3)) return [...value, random.pick(odd)]
    const at = random.int(0, value.length - 1)
    return value.map((item, index) => (index === at ? spoil(item, random) : item))
  }
  const entries = Object.entries(value)
  if (entries.length === 0 || random.once(5)) {
    return {
      ...value,
      [random.pick(['no_such_field', 'platform_role', 'organization_id', 'id', 'constructor'])]: random.pick(odd),
    }
  }
  const at = random.int(0, entries.length - 1)
  if (random.once(4)) return Object.fromEntries(entries.filter((_, index) => index !== at))
  return Object.fromEntries(entries.map(([name, item], index) => [name, index === at ? spoil(item, random) : item]))
}
