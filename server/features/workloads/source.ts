import { isMap, isScalar, isSeq, Lexer, LineCounter, type Node, parseDocument, stringify } from 'yaml'
import type { WorkloadDocument } from '#contract/workload'

type Problem = { path: string; message: string }
/** What a text says, and on which line of it a field is. */
export type ReadSource = { value: unknown; lineOf: (path: string) => number | undefined }

const MAX_TOKENS = 60_000
const MAX_DEPTH = 32
/** Anchors, aliases, tags and directives. */
const MAX_RARE = 100
/** What the lexer puts before each plain scalar, whose text may look like anything. */
const SCALAR = '\u001f'

/**
 * The parser needs minutes for some texts of half a megabyte (250,000 nested keys: 303 s). So the tokens are looked at
 * first, which is quick, and a text that no workload needs is not parsed at all.
 */
function tooMuch(text: string): string | undefined {
  let [tokens, depth, dashes, rare] = [0, 0, 0, 0]
  let isScalarNext = false
  for (const token of new Lexer().lex(text)) {
    if (++tokens > MAX_TOKENS) return 'The text has more entries than a workload can have.'
    if (isScalarNext) {
      isScalarNext = false
      continue
    }
    if (token === SCALAR) isScalarNext = true
    else if (token === '?') return 'A key that begins with a question mark is not supported; write it as key: value.'
    else if (token === '-') dashes++
    else if (token === '[' || token === '{') depth++
    else if (token === ']' || token === '}') depth--
    else if (/^[\r\n]/.test(token)) dashes = 0
    else if (/^[&*!%]/.test(token)) rare++
    if (depth > MAX_DEPTH || dashes > MAX_DEPTH) return 'The text is nested deeper than a workload can be.'
    if (rare > MAX_RARE) return 'The text has more anchors, aliases and tags than a workload needs.'
  }
  return undefined
}

/** Keys that a group has twice. The parser's own check compares each with each. */
function duplicateKeys(root: Node | null): { name: string; offset: number }[] {
  const found: { name: string; offset: number }[] = []
  const nodes: unknown[] = [root]
  while (nodes.length > 0) {
    const node = nodes.pop()
    if (isSeq(node)) nodes.push(...node.items)
    if (!isMap(node)) continue
    const names = new Set<string>()
    for (const { key, value } of node.items) {
      const name = isScalar(key) ? String(key.value) : undefined
      if (name !== undefined && names.has(name)) found.push({ name, offset: isScalar(key) ? (key.range?.[0] ?? 0) : 0 })
      if (name !== undefined) names.add(name)
      nodes.push(key, value)
    }
  }
  return found.toSorted((a, b) => a.offset - b.offset)
}

/** `spec.ports[0].name` and `env["a b"]`, piece by piece. */
const pieces = (path: string): string[] =>
  Array.from(
    path.matchAll(/\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|([^.[\]]+)/g),
    ([, index, quoted, name]) => index ?? quoted ?? name ?? '',
  )

/** Where a field stands; of one that is missing, where the group stands that it is missing from. */
function offsetOf(root: Node | null, path: string): number | undefined {
  let node: unknown = root
  let offset = root?.range?.[0]
  for (const piece of pieces(path)) {
    const pair = isMap(node) ? node.items.find(({ key }) => isScalar(key) && String(key.value) === piece) : undefined
    const next: unknown = pair ? pair.value : isSeq(node) ? node.items[Number(piece)] : undefined
    const place: unknown = pair ? pair.key : next
    if (typeof place !== 'object' || place === null || !('range' in place)) break
    offset = (place as Node).range?.[0] ?? offset
    node = next
  }
  return offset
}

/** Reads YAML 1.2, and so JSON, without what could make a small text large or slow. */
export function readSource(text: string): ReadSource | { problems: Problem[] } {
  const refusal = tooMuch(text)
  if (refusal !== undefined) return { problems: [{ path: '', message: refusal }] }
  const lines = new LineCounter()
  const lineOf = (offset: number) => lines.linePos(offset).line
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    merge: false,
    uniqueKeys: false,
    prettyErrors: false,
    lineCounter: lines,
  })
  const duplicates = duplicateKeys(document.contents).map(({ name, offset }) => ({
    message: `The key ${name} is there twice.`,
    offset,
  }))
  const errors = [...document.errors, ...document.warnings].map(({ message, pos: [offset] }) => ({
    message: `${message.replace(/\.?$/, '')}.`,
    offset,
  }))
  const problems = [...errors, ...duplicates]
    .slice(0, 100)
    .map(({ message, offset }) => ({ path: `line ${lineOf(offset)}`, message }))
  if (problems.length > 0) return { problems }
  try {
    const value: unknown = document.toJS({ maxAliasCount: MAX_RARE })
    return {
      value,
      lineOf: (path) => {
        const offset = offsetOf(document.contents, path)
        return offset === undefined ? undefined : lineOf(offset)
      },
    }
  } catch (error) {
    // An alias without its anchor, or aliases of aliases that would grow without end.
    if (error instanceof ReferenceError) {
      return { problems: [{ path: '', message: 'The text has an alias that cannot be followed.' }] }
    }
    throw error
  }
}

/** The document as a file that `readSource` reads back as the same document. */
export const writeSource = (document: WorkloadDocument, format: 'yaml' | 'json'): string =>
  format === 'json'
    ? `${JSON.stringify(document, null, 2)}\n`
    : stringify(document, { version: '1.2', schema: 'core', lineWidth: 0, aliasDuplicateObjects: false })
