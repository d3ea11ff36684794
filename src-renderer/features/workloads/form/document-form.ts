import { createContext, useContext } from 'react'
import type { Path } from '../workload-source.ts'

/** The document as the form sees it: any value at any place, for it may be wrong while one types. */
export type DocumentForm = {
  value: unknown
  /** Undefined takes the field away. */
  set: (path: Path, value: unknown) => void
  /** The mistakes by their path, as the contract writes it. */
  problems: ReadonlyMap<string, string>
  isReadOnly: boolean
}

export const DocumentFormContext = createContext<DocumentForm | undefined>(undefined)

export function useDocumentForm(): DocumentForm {
  const form = useContext(DocumentFormContext)
  if (!form) throw new Error('A field of the workload form is outside of it.')
  return form
}

export function valueAt(value: unknown, path: Path): unknown {
  let at = value
  for (const part of path) {
    if (typeof at !== 'object' || at === null) return undefined
    at = (at as Record<string | number, unknown>)[part]
  }
  return at
}

/** A path as the contract writes it in its mistakes. */
export const pathText = (path: Path): string =>
  path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    if (!/^[A-Za-z_][A-Za-z0-9_-]*$/.test(part)) return `${text}[${JSON.stringify(part)}]`
    return text === '' ? part : `${text}.${part}`
  }, '')

/** "must be a port" to "Must be a port." */
export const asSentence = (message: string): string => {
  const sentence = message.charAt(0).toUpperCase() + message.slice(1)
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`
}

/** The mistake at a place, or the first one inside it. */
export function problemAt(problems: DocumentForm['problems'], path: Path): string | undefined {
  const text = pathText(path)
  const own = problems.get(text)
  if (own !== undefined) return asSentence(own)
  for (const [at, message] of problems) if (at.startsWith(`${text}[`)) return asSentence(message)
  return undefined
}

export function useValue<T>(path: Path, isKind: (value: unknown) => value is T): T | undefined {
  const value = valueAt(useDocumentForm().value, path)
  return isKind(value) ? value : undefined
}

export const isText = (value: unknown): value is string => typeof value === 'string'
export const isList = (value: unknown): value is unknown[] => Array.isArray(value)
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
