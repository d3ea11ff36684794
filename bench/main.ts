import { benchAgentIdle } from './agent-idle.ts'
import { benchApi } from './api.ts'
import { benchCertificates } from './certificates.ts'
import { benchDeploy } from './deploy.ts'
import { benchFanout } from './fanout.ts'
import { benchLongWay } from './long-way.ts'
import { type Figure, line } from './measure.ts'
import { benchNodeTerminal } from './node-terminal.ts'
import { benchSsh } from './ssh.ts'
import { benchStart } from './start.ts'
import { benchTerminal } from './terminal.ts'
import { benchTunnel } from './tunnel.ts'

const suites: Record<string, () => Promise<Figure[]>> = {
  start: benchStart,
  api: benchApi,
  tunnel: benchTunnel,
  ssh: benchSsh,
  'long-way': benchLongWay,
  terminal: benchTerminal,
  'node-terminal': benchNodeTerminal,
  fanout: benchFanout,
  agent: benchAgentIdle,
  deploy: benchDeploy,
  certificates: benchCertificates,
}

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
