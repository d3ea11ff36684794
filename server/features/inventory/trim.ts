import type { MachineContainer, MachineProcess } from '#contract/inventory'

export type Server = { id: string; name: string; container_id: string | null }
type Told = { processes?: MachineProcess[]; containers?: MachineContainer[] }

const MAX_PROCESSES = 2000
const MAX_CONTAINERS = 1000

/** What a machine told, no longer than was agreed, and without servers that are not its own. */
export function trim<A extends object>(told: A, servers: readonly Server[]): A {
  const { processes, containers } = told as Told
  const own = new Set(servers.map(({ id }) => id))
  const known = <R extends { instance_id: string | null }>(row: R): R =>
    row.instance_id === null || own.has(row.instance_id) ? row : { ...row, instance_id: null }
  return {
    ...told,
    ...(processes && { processes: processes.slice(0, MAX_PROCESSES).map(known) }),
    ...(containers && { containers: containers.slice(0, MAX_CONTAINERS).map(known) }),
  }
}
