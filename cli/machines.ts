import { type FleetNode, listNodes } from '#contract/nodes'
import { call } from './api.ts'
import type { Account } from './config.ts'
import { Failure } from './failure.ts'

export async function allMachines(account: Account): Promise<FleetNode[]> {
  const machines: FleetNode[] = []
  let cursor: string | null = null
  do {
    const page: { items: FleetNode[]; next_cursor: string | null } = await call(account, listNodes, {
      query: { limit: 100, ...(cursor !== null && { cursor }) },
    })
    machines.push(...page.items)
    cursor = page.next_cursor
  } while (cursor !== null)
  return machines
}

/** A host name for a machine, for OpenSSH's configuration and known hosts; no two of an organization have the same. */
export function aliasOf({ id, name }: Pick<FleetNode, 'id' | 'name'>, all: readonly Pick<FleetNode, 'name'>[]): string {
  const plain = (text: string) =>
    text
      .normalize('NFKD')
      .toLowerCase()
      .replace(/[^a-z0-9.-]+/g, '-')
      .replace(/^[-.]+|[-.]+$/g, '')
  const slug = plain(name)
  const isOnly = slug !== '' && all.filter((other) => plain(other.name) === slug).length < 2
  return `${isOnly ? slug : `${slug || 'machine'}-${id.slice(-12)}`}.shardlyn`
}

/** By name, alias or id. */
export async function findMachine(account: Account, wanted: string): Promise<FleetNode & { alias: string }> {
  const all = await allMachines(account)
  const named = all.map((machine) => ({ ...machine, alias: aliasOf(machine, all) }))
  const found =
    named.find(({ id }) => id === wanted) ??
    named.find(({ name }) => name === wanted) ??
    named.find(({ alias }) => alias === wanted || alias === `${wanted}.shardlyn`)
  if (!found) throw new Failure(`There is no machine ${wanted}. See them with: shardlyn machines`)
  return found
}

export async function printMachines(account: Account): Promise<void> {
  const machines = await allMachines(account)
  const rows = machines.map((machine) => [
    machine.name,
    machine.state,
    machine.features.ssh ? 'ssh' : '-',
    machine.os ?? '',
    machine.id,
  ])
  // Nothing that moves the cursor of a terminal.
  const clean = (text: string) => text.replace(/\p{Cc}/gu, '')
  const widths = [0, 1, 2, 3].map((column) => Math.max(0, ...rows.map((row) => (row[column] ?? '').length)))
  for (const row of rows) {
    process.stdout.write(
      `${row
        .map((cell, at) => clean(cell).padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd()}\n`,
    )
  }
}
