import type { Reporter, TestModule } from 'vitest/node'
import { briefly, leaveSummary, type Summary, type Told } from './summary.ts'

/** Far more than any file needs. One whose event loop never comes back cannot run into its own time limits. */
const FILE_MS = 10 * 60_000

/** Leaves Vitest's results for `npm test`. A file that could not be loaded counts as one failed test, an unhandled error too. */
class SummaryReporter implements Reporter {
  private readonly running = new Map<string, NodeJS.Timeout>()

  onTestModuleQueued(module: TestModule): void {
    const giveUp = () => {
      console.error(`\n${module.relativeModuleId} has not come to an end in ${FILE_MS / 60_000} minutes.`)
      leaveSummary({
        passed: 0,
        failed: [{ name: module.relativeModuleId, why: 'it never came to an end' }],
        skipped: [],
      })
      process.exit(1)
    }
    this.running.set(module.id, setTimeout(giveUp, FILE_MS))
  }

  onTestModuleEnd(module: TestModule): void {
    clearTimeout(this.running.get(module.id))
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly { message?: string }[]): void {
    for (const timer of this.running.values()) clearTimeout(timer)
    const failed = unhandledErrors.map(({ message }): Told => ({ name: 'an unhandled error', why: briefly(message) }))
    const summary: Summary = { passed: 0, failed, skipped: [] }
    for (const module of modules) {
      const file = module.relativeModuleId
      for (const { message } of module.errors()) failed.push({ name: file, why: briefly(message) })
      for (const test of module.children.allTests()) {
        const result = test.result()
        const name = `${file} > ${test.fullName}`
        if (result.state === 'passed') summary.passed++
        else if (result.state === 'skipped') summary.skipped.push({ name, why: result.note ?? null })
        else failed.push({ name, why: briefly(result.errors?.[0]?.message) })
      }
      // An error in a suite's own hook fails no test by itself.
      for (const suite of module.children.allSuites()) {
        const name = `${file} > ${suite.fullName}`
        for (const { message } of suite.errors()) failed.push({ name, why: briefly(message) })
      }
    }
    leaveSummary(summary)
  }
}

export default SummaryReporter
