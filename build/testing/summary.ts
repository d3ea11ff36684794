import { readFileSync, writeFileSync } from 'node:fs'

/** What one test runner has to say. A skipped test is told by name, with its reason where it gave one. */
export type Summary = { passed: number; failed: number; skipped: { name: string; why: string | null }[] }

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

/** The list of what was skipped, then the one line that machines read: `N passed, N failed, N skipped`. */
export function describe(summaries: readonly Summary[], lacks: readonly string[]): string {
  const skipped = summaries.flatMap((summary) => summary.skipped)
  const total = (key: 'passed' | 'failed') => summaries.reduce((sum, summary) => sum + summary[key], 0)
  const fallback = lacks.length > 0 ? `this machine lacks ${lacks.join(', ')}` : 'its file says so'
  return [
    ...(skipped.length > 0
      ? ['', 'Skipped:', ...skipped.map(({ name, why }) => `  ${name} (${why ?? fallback})`)]
      : []),
    '',
    `${total('passed')} passed, ${total('failed')} failed, ${skipped.length} skipped`,
  ].join('\n')
}
