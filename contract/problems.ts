/** One mistake in a document: where, and what is wanted there. */
export type FieldProblem = { path: string; message: string }

/** More than this helps nobody, and would let a small request make a large answer. */
const MAX_PROBLEMS = 100

/** Collects the mistakes of one document, so that all of them are told at once. */
export class Problems {
  readonly list: FieldProblem[] = []

  add(path: string, message: string): void {
    if (this.list.length < MAX_PROBLEMS) this.list.push({ path, message })
  }

  get isFull(): boolean {
    return this.list.length >= MAX_PROBLEMS
  }
}

const shown = (text: string, max = 60) => (text.length > max ? `${text.slice(0, max)}…` : text)

/** The path of a field as people write it: `spec.ports[0].name`, `metadata.labels["a/b"]`. */
export function fieldPath(parent: string, name: string | number): string {
  if (typeof name === 'number') return `${parent}[${name}]`
  if (!/^[A-Za-z_][A-Za-z0-9_-]*$/.test(name)) return `${parent}[${JSON.stringify(shown(name))}]`
  const short = shown(name)
  return parent ? `${parent}.${short}` : short
}

/** `a`, `a or b`, `a, b or c`. */
export const oneOf = (names: readonly string[]): string =>
  names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`

/** The known name that a person most likely meant, if one is near. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  if (name.length > 60) return undefined
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '')
  const wanted = plain(name)
  const best = known
    .map((candidate) => ({ candidate, distance: editDistance(wanted, plain(candidate)) }))
    .toSorted((a, b) => a.distance - b.distance)[0]
  return best && best.distance <= Math.max(1, Math.floor(best.candidate.length / 4)) ? best.candidate : undefined
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, change))
    }
    row = next
  }
  return row[b.length] ?? 0
}
