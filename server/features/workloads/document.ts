import type { Template } from '#contract/templates'
import type { WorkloadDocument } from '#contract/workload'
import { checkWorkload } from '#contract/workload-check'
import { invalid } from '#server/errors'
import { iconOf } from './icon.ts'
import { readSource } from './source.ts'

export type DocumentInput = { document?: unknown; source?: string }

/** Where a workload came from; its template's own annotations stay behind. */
const TEMPLATE_ANNOTATION = 'shardlyn.com/template'
const DESCRIPTION_ANNOTATION = 'shardlyn.com/description'
const MAX_NAME = 63

const refusal = (problems: { path: string; message: string }[]) => {
  const { path = '', message = '' } = problems[0] ?? {}
  const first = `${path || 'The document'} ${message}`.replace(/\.?$/, '.')
  const others = problems.length - 1
  const more = others === 0 ? '' : others === 1 ? ' There is one more mistake.' : ` There are ${others} more mistakes.`
  return invalid('invalid_workload', first + more, problems)
}

/** The document that a person sent, as an object or as text; throws with every mistake, and in a text with its line. */
export function readDocument({ document, source }: DocumentInput): WorkloadDocument {
  const read = source === undefined ? { value: document, lineOf: () => undefined } : readSource(source)
  if ('problems' in read) {
    throw refusal(read.problems.map(({ path, message }) => ({ path: path || 'source', message })))
  }
  const checked = checkWorkload(read.value)
  if ('document' in checked) return checked.document
  throw refusal(
    checked.problems.map(({ path, message }) => {
      const line = read.lineOf(path)
      return { path, message: line === undefined ? message : `${message} (line ${line})` }
    }),
  )
}

/** A template as a document of one's own, under a name of one's own. */
export function documentFrom({ id, description, document }: Template, name: string): WorkloadDocument {
  const { metadata } = document
  const annotations = Object.entries(metadata.annotations ?? {}).filter(
    ([key]) => !key.startsWith(DESCRIPTION_ANNOTATION),
  )
  return readDocument({
    document: {
      ...document,
      metadata: {
        ...metadata,
        name,
        description: description.en,
        annotations: { ...Object.fromEntries(annotations), [TEMPLATE_ANNOTATION]: id },
      },
    },
  })
}

/** What lists and filters need of a document, as columns. */
export const columnsOf = (document: WorkloadDocument) => ({
  name: document.metadata.name,
  description: document.metadata.description ?? '',
  category: document.metadata.category ?? null,
  icon: iconOf(document),
  runtime: document.spec.runtime ?? 'docker',
  image: document.spec.runtime === 'process' ? null : (document.spec.image ?? null),
  document: JSON.stringify(document),
})

/** `Paper 2`: the name with the least number that makes it free, cut where it would get too long. */
export function freeName(wanted: string, taken: readonly string[]): string {
  const used = new Set(taken)
  if (!used.has(wanted)) return wanted
  for (let n = 2; ; n++) {
    const ending = ` ${n}`
    const name = cutName(wanted, MAX_NAME - ending.length) + ending
    if (!used.has(name)) return name
  }
}

/** Cuts by whole characters. */
function cutName(name: string, max: number): string {
  let cut = ''
  for (const character of name) {
    if (cut.length + character.length > max) break
    cut += character
  }
  return cut.trimEnd()
}

/** A name that any system takes for a file. */
export const fileName = (name: string, format: string): string => {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{Mn}/gu, '')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[.-]+|[.-]+$/g, '')
    .toLowerCase()
  return `${/^(con|prn|aux|nul|com\d|lpt\d)?$/.test(plain.split('.')[0] ?? '') ? `workload-${plain}`.replace(/-$/, '') : plain}.${format}`
}
