import { benchApi } from './api.ts'
import { type Figure, line } from './measure.ts'
import { benchStart } from './start.ts'

const suites: Record<string, () => Promise<Figure[]>> = { start: benchStart, api: benchApi }

/** Runs every suite, or those named. Prints a line a figure as it comes. */
const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !(name in suites))
if (unknown.length > 0) {
  process.stderr.write(`There is no ${unknown.join(', ')}. There are: ${Object.keys(suites).join(', ')}\n`)
  process.exit(1)
}
for (const [name, run] of Object.entries(suites)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  for (const figure of await run()) process.stdout.write(`${line(figure)}\n`)
}
