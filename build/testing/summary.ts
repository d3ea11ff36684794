import { readFileSync, writeFileSync } from 'node:fs'
import { stripVTControlCharacters } from 'node:util'

/** What one test runner has to say. Tests that failed or were skipped are told by name, with the reason where there is one. */
export type Summary = { passed: number; failed: Told[]; skipped: Told[] }
export type Told = { name: string; why: string | null }

/** The first words of what went wrong; the runner has printed the rest. */
export const briefly = (message: string | undefined): string | null =>
  message === undefined ? null : (stripVTControlCharacters(message).trim().split('\n')[0]?.slice(0, 200) ?? null)

/** Where a reporter leaves its summary for `npm test`; unset when the runner was started by hand. */
export const SUMMARY_FILE = 'SHARDLYN_TEST_SUMMARY'

export function leaveSummary(summary: Summary): void {
  const file = process.env[SUMMARY_FILE]
  if (file) writeFileSync(file, JSON.stringify(summary))
}

export function readSummary(file: string): Summary | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

const list = (title: string, told: readonly Told[], fallback: string) =>
  told.length > 0 ? ['', title, ...told.map(({ name, why }) => `  ${name} (${why ?? fallback})`)] : []

/** What was skipped and what failed, then the one line that machines read: `N passed, N failed, N skipped`. */
export function describe(summaries: readonly Summary[], lacks: readonly string[]): string {
  const skipped = summaries.flatMap((summary) => summary.skipped)
  const failed = summaries.flatMap((summary) => summary.failed)
  const passed = summaries.reduce((sum, summary) => sum + summary.passed, 0)
  const fallback = lacks.length > 0 ? `this machine lacks ${lacks.join(', ')}` : 'its file says so'
  return [
    ...list('Skipped:', skipped, fallback),
    ...list('Failed:', failed, 'see above'),
    '',
    `${passed} passed, ${failed.length} failed, ${skipped.length} skipped`,
  ].join('\n')
}
