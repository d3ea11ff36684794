import type { Reporter, TestModule } from 'vitest/node'
import { leaveSummary, type Summary } from './summary.ts'

/** Leaves Vitest's counts for `npm test`. A file that could not be loaded counts as one failed test, an unhandled error too. */
class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const summary: Summary = { passed: 0, failed: unhandledErrors.length, skipped: [] }
    for (const module of modules) {
      summary.failed += module.errors().length
      for (const test of module.children.allTests()) {
        const result = test.result()
        if (result.state === 'passed') summary.passed++
        else if (result.state === 'skipped') {
          summary.skipped.push({ name: `${module.relativeModuleId} > ${test.fullName}`, why: result.note ?? null })
        } else summary.failed++
      }
      // An error in a suite's own hook fails no test by itself.
      for (const suite of module.children.allSuites()) summary.failed += suite.errors().length
    }
    leaveSummary(summary)
  }
}

export default SummaryReporter
