import { type FieldProblem, Problems } from './problems.ts'
import { checkAgainst, type PatternWords } from './schema-check.ts'
import { WorkloadDocument } from './workload.ts'
import { checkRules, type Part } from './workload-rules.ts'

// Forms and the server ask this file about everything in a workload.
export { formatMemory, parseCpu, parseMemory } from './quantities.ts'
export { checkVariables } from './variable-check.ts'

export type WorkloadCheck = { document: WorkloadDocument } | { problems: FieldProblem[] }

const short = 'must begin with a lower-case letter and hold only lower-case letters, digits and dashes, 31 at most'

/** In words, what each pattern of the document's schema wants. */
export const patternWords: PatternWords = {
  '^[a-z][a-z0-9-]{0,30}$': short,
  '^[a-z][a-z0-9-]{0,40}$': short.replace('31', '41'),
  '^[A-Z_][A-Z0-9_]{0,60}$':
    'must be a name such as MAX_PLAYERS: capitals, digits and underscores, 61 at most, no digit first',
  '^([0-9]+m|[0-9]+(\\.[0-9]+)?)$': 'must be a number of cores, such as 2, 0.5 or 500m',
  '^[0-9]+(\\.[0-9]+)?(Ki|Mi|Gi|K|M|G)?$': 'must be an amount of memory, such as 512Mi or 4Gi',
  '^[^\\x00-\\x1f\\x7f]*[^\\s\\x00-\\x1f\\x7f][^\\x00-\\x1f\\x7f]*$':
    'must be a single line with at least one visible character',
  '^[^\\s-][^\\s]*$': 'must be the name of an image, without spaces and not beginning with a dash',
  '^[A-Za-z0-9_][A-Za-z0-9_.:-]{0,63}$': 'must be a user such as 1000, 1000:1000 or steam',
  '^/[^\\x00]*$': 'must be a path that begins with a slash',
  'name ^[A-Za-z_][A-Za-z0-9_]{0,100}$':
    'must have a name of letters, digits and underscores, 101 at most, no digit first',
  'name ^.*$': 'must have a name of a single line',
}

/** The fields of a group that have no mistake in them, so that the rules can look at them. */
function soundPart<T extends object>(group: T | undefined, path: string, problems: Problems): Part<T> {
  const isBroken = (name: string) => {
    const field = `${path}.${name}`
    return problems.list.some(
      ({ path: at }) => at === field || at.startsWith(`${field}.`) || at.startsWith(`${field}[`),
    )
  }
  const fields = Object.entries(group ?? {})
  const broken = new Set(fields.map(([name]) => name).filter(isBroken))
  return { fields: Object.fromEntries(fields.filter(([name]) => !broken.has(name))) as Partial<T>, broken }
}

/**
 * Reads a workload document: what the schema says, and what a schema cannot say. Answers a clean copy with its fields in
 * the schema's order, or every mistake at once, up to a hundred. Never throws, whatever it is given.
 */
export function checkWorkload(value: unknown): WorkloadCheck {
  const problems = new Problems()
  const document = checkAgainst(WorkloadDocument, value, '', problems, patternWords) as
    | Partial<WorkloadDocument>
    | undefined
  if (!problems.isFull && document?.spec) {
    checkRules(soundPart(document.metadata, 'metadata', problems), soundPart(document.spec, 'spec', problems), problems)
  }
  return problems.list.length > 0 ? { problems: problems.list } : { document: document as WorkloadDocument }
}
