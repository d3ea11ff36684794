import {
  type Document,
  isCollection,
  isMap,
  isNode,
  isScalar,
  type Node,
  type Pair,
  parseDocument,
  stringify,
} from 'yaml'
import { checkWorkload } from '#contract/workload-check'
import type { WorkloadDocument } from '#contract/workload'

export type Path = readonly (string | number)[]

/** A mistake and where in the text it is. Offsets count UTF-16 units; lines begin with 1. */
export type SourceProblem = { message: string; path: string | null; from: number; to: number; line: number }

export type ReadSource = {
  /** What the text says, however wrong; undefined where it is not YAML at all. */
  value: unknown
  /** The document, if nothing is wrong. */
  document: WorkloadDocument | null
  problems: SourceProblem[]
}

/** A workload of this size is a mistake; the server refuses it too. */
const MAX_LENGTH = 524_288

/** `spec.ports[0].name`, `metadata.labels["a/b"]`. */
export function parsePath(path: string): Path {
  const parts: (string | number)[] = []
  for (const [, name, index, quoted] of path.matchAll(/([^.[\]"]+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/g)) {
    if (name !== undefined) parts.push(name)
    else if (index !== undefined) parts.push(Number(index))
    else if (quoted !== undefined) parts.push(String(JSON.parse(quoted)))
  }
  return parts
}

const parse = (text: string): Document => parseDocument(text, { prettyErrors: false, uniqueKeys: true, version: '1.2' })

const isNamed = (pair: Pair<unknown, unknown>, name: string | number) =>
  isScalar(pair.key) && String(pair.key.value) === String(name)

/** The place of a path in the text, or of the nearest thing above it that is there. */
function rangeOf(document: Document, path: Path): [number, number] {
  let node: unknown = document.contents
  let range: [number, number] = isNode(node) && node.range ? [node.range[0], node.range[0]] : [0, 0]
  for (const part of path) {
    if (!isCollection(node)) break
    const pair = isMap(node) ? node.items.find((item) => isNamed(item, part)) : undefined
    const child: unknown = pair ? pair.value : isMap(node) ? undefined : node.get(part, true)
    const key = pair && isNode(pair.key) ? pair.key : undefined
    const start = (key ?? (isNode(child) ? child : undefined))?.range?.[0]
    if (start === undefined) break
    range = [start, (isNode(child) ? child.range?.[1] : undefined) ?? key?.range?.[1] ?? start]
    node = child
  }
  return range
}

/** Marks within one line: a whole block underlined says less than its first line. */
function locate(text: string, [from, to]: readonly [number, number]): { from: number; to: number; line: number } {
  const start = Math.min(from, text.length)
  const lineEnd = text.indexOf('\n', start)
  const end = Math.max(start, Math.min(to, lineEnd < 0 ? text.length : lineEnd))
  return { from: start, to: end, line: text.slice(0, start).split('\n').length }
}

/** Reads the text of a workload: its value for the form, and every mistake with its place for the editor. */
export function readSource(text: string): ReadSource {
  if (text.length > MAX_LENGTH) {
    return {
      value: undefined,
      document: null,
      problems: [{ message: 'is too long', path: '', from: 0, to: 0, line: 1 }],
    }
  }
  const parsed = parse(text)
  if (parsed.errors.length > 0) {
    const problems = parsed.errors.map(({ message, pos }) => ({ message, path: null, ...locate(text, pos) }))
    return { value: undefined, document: null, problems }
  }
  let value: unknown
  try {
    value = parsed.toJS({ maxAliasCount: 100 })
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { value: undefined, document: null, problems: [{ message, path: null, from: 0, to: 0, line: 1 }] }
  }
  const checked = checkWorkload(value)
  if ('document' in checked) return { value, document: checked.document, problems: [] }
  const problems = checked.problems.map(({ path, message }) => ({
    path,
    message,
    ...locate(text, rangeOf(parsed, parsePath(path))),
  }))
  return { value, document: null, problems: problems.toSorted((a, b) => a.from - b.from) }
}

const isEmpty = (node: unknown): boolean =>
  node === undefined || (isScalar(node) && node.value === null) || (isCollection(node) && node.items.length === 0)

/** Texts of several lines read best as blocks. */
function makeNode(document: Document, value: unknown): Node {
  const node = document.createNode(value)
  if (isScalar(node) && typeof value === 'string' && value.includes('\n')) node.type = 'BLOCK_LITERAL'
  return node
}

/**
 * Changes one place and leaves the rest of the text as it was: comments, order and quoting are a person's own. An undefined
 * value takes the field away, and the groups that it leaves empty.
 */
export function editSource(text: string, path: Path, value: unknown): string {
  const document = parse(text)
  if (document.errors.length > 0) return text
  if (value === undefined) {
    document.deleteIn(path)
    for (let depth = path.length - 1; depth > 1 && isEmpty(document.getIn(path.slice(0, depth), true)); depth--) {
      // An item of a list stays, for others are counted by their place; what is empty there is being filled in.
      if (typeof path[depth - 1] === 'number') break
      document.deleteIn(path.slice(0, depth))
    }
  } else {
    // A group that is written but empty (`spec:`) is null, and takes no fields until it is a map.
    for (let depth = 1; depth < path.length; depth++) {
      const group = document.getIn(path.slice(0, depth), true)
      if (isEmpty(group) && !isCollection(group)) {
        document.setIn(path.slice(0, depth), document.createNode(typeof path[depth] === 'number' ? [] : {}))
      }
    }
    const old = document.getIn(path, true)
    if (
      isScalar(old) &&
      typeof value === typeof old.value &&
      !String(value).includes('\n') &&
      old.type?.startsWith('BLOCK') !== true
    ) {
      old.value = value
    } else document.setIn(path, makeNode(document, value))
  }
  return document.toString({ lineWidth: 0, flowCollectionPadding: false })
}

/** A document as the text that a person edits. */
export const writeSource = (document: unknown): string => stringify(document, { lineWidth: 0, blockQuote: 'literal' })

/** What a new workload begins with. */
export const emptySource = (runtime: 'docker' | 'process'): string =>
  writeSource({
    apiVersion: 'shardlyn/v1',
    kind: 'Workload',
    metadata: { name: '' },
    spec: runtime === 'docker' ? { runtime, image: '' } : { runtime, command: [] },
  })
