import path from 'node:path'
import { createInstances } from '#agent/features/instances/manager'
import { readIdentity } from '#agent/identity'
import type { Logger } from '#agent/logger'
import { createOutbox } from '#agent/outbox'

/** Ends every server of this machine and deletes its data and containers. How many there were. */
export async function purge(dataDir: string, log: Logger): Promise<number> {
  const outbox = createOutbox({ file: path.join(dataDir, 'outbox.jsonl') })
  const instances = createInstances({ dataDir, nodeId: () => readIdentity(dataDir)?.node_id ?? null, outbox, log })
  try {
    await instances.ready
    const all = instances.list()
    for (const { id } of all) await instances.remove(id, 'delete')
    return all.length
  } finally {
    await instances.close()
    await outbox.close()
  }
}
