import type { FullConfig, Reporter, Suite, TestCase, TestError } from '@playwright/test/reporter'
import { briefly, leaveSummary, type Summary, type Told } from './summary.ts'

/** Leaves Playwright's counts for `npm test`. Where there is no browser the tests are only listed, and all count as skipped. */
class SummaryReporter implements Reporter {
  private tests: TestCase[] = []
  private readonly errors: Told[] = []

  printsToStdio(): boolean {
    return false
  }

  onBegin(_: FullConfig, suite: Suite): void {
    this.tests = suite.allTests()
  }

  onError({ message }: TestError): void {
    this.errors.push({ name: 'the browser tests', why: briefly(message) })
  }

  onEnd(): void {
    const noBrowser = process.env['SHARDLYN_NO_BROWSER']
    const summary: Summary = { passed: 0, failed: this.errors, skipped: [] }
    for (const test of this.tests) {
      const name = test.titlePath().filter(Boolean).join(' > ')
      const outcome = test.outcome()
      if (noBrowser) summary.skipped.push({ name, why: noBrowser })
      else if (outcome === 'skipped') {
        const note = test.annotations.find(({ type }) => type === 'skip' || type === 'fixme')
        summary.skipped.push({ name, why: note?.description ?? null })
      } else if (outcome === 'expected' || outcome === 'flaky') summary.passed++
      else summary.failed.push({ name, why: briefly(test.results.at(-1)?.error?.message) })
    }
    leaveSummary(summary)
  }
}

export default SummaryReporter
