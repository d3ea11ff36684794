import type { Inventory, InventorySection } from '#contract/inventory'
import type { Owner } from '#agent/features/instances/manager'
import { readContainers } from './containers.ts'
import { readDisks } from './disks.ts'
import { createEngineApi } from './engine-api.ts'
import { readNetwork } from './network.ts'
import { createProcessReader } from './processes.ts'
import { readSystem } from './system.ts'
import { readUsers } from './users.ts'

export type InventoryDeps = {
  /** The servers of this machine and what runs for them. */
  owners: () => readonly Owner[]
  /** Where engines may listen; as everywhere else unless told. */
  engineSockets?: () => string[]
}

/** Reads this machine, a section at a time, at the moment of asking. */
export function createInventory({ owners, engineSockets }: InventoryDeps) {
  const engine = createEngineApi(engineSockets)
  const readProcesses = createProcessReader(owners)
  const now = () => new Date().toISOString()

  const sections: { [S in InventorySection]: () => Promise<object> } = {
    system: async () => ({ at: now(), system: readSystem(await engine.version()) }),
    network: async () => ({ at: now(), network: readNetwork() }),
    disks: async () => ({ at: now(), disks: await readDisks() }),
    users: async () => ({ at: now(), users: readUsers() }),
    processes: readProcesses,
    containers: async () => ({ at: now(), ...(await readContainers(engine)) }),
  }

  return {
    engine,
    owners,
    read: (section: InventorySection): Promise<object> => sections[section](),
    async whole(): Promise<Inventory> {
      const at = now()
      const [{ processes, total }, { containers, engine: version }, disks] = await Promise.all([
        readProcesses(),
        readContainers(engine),
        readDisks(),
      ])
      return {
        at,
        system: readSystem(version),
        network: readNetwork(),
        disks,
        users: readUsers(),
        processes,
        process_total: total,
        containers,
        engine: version,
      }
    },
  }
}
