/** The terminals that this browser tab has open on a machine. They are found again after a reload. */
export type OpenTerminal = { key: string; number: number; session?: string }

const keyOf = (nodeId: string) => `shardlyn.terminals.${nodeId}`

const isOpen = (value: unknown): value is OpenTerminal =>
  typeof value === 'object' &&
  value !== null &&
  'key' in value &&
  typeof value.key === 'string' &&
  'number' in value &&
  typeof value.number === 'number' &&
  (!('session' in value) || typeof value.session === 'string')

export function readTerminals(nodeId: string): OpenTerminal[] {
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem(keyOf(nodeId)) ?? '[]')
    return Array.isArray(value) ? value.filter(isOpen) : []
  } catch {
    return []
  }
}

export function writeTerminals(nodeId: string, open: readonly OpenTerminal[]): void {
  if (open.length === 0) sessionStorage.removeItem(keyOf(nodeId))
  else sessionStorage.setItem(keyOf(nodeId), JSON.stringify(open))
}

/** One more, with the least number that is free. */
export function withAnother(open: readonly OpenTerminal[]): OpenTerminal[] {
  let number = 1
  while (open.some((other) => other.number === number)) number++
  return [...open, { key: crypto.randomUUID(), number }]
}
