import path from 'node:path'
import { createOutbox } from '#agent/outbox'
import { createInstances } from './manager.ts'
import { quiet } from './testing.ts'

// An agent without a control plane, for tests that kill it: started with its data folder, says "ready" once it has
// found everything again.
const dataDir = process.argv[2] ?? ''
const outbox = createOutbox({ file: path.join(dataDir, 'outbox.ndjson') })
const instances = createInstances({ dataDir, nodeId: () => 'test', log: quiet, outbox, reconcileMs: 100 })
await instances.ready
process.stdout.write('ready\n')
