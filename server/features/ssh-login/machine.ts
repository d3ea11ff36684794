import type { NodeFeatures } from '#contract/nodes'
import { forbidden, notFound } from '#server/errors'
import { type HostKey, readHostKeys } from '#server/ssh/host-keys'
import type { MachineRow } from './store.ts'

/** A machine as somebody sees it who wants to log in there. */
export type Machine = {
  id: string
  name: string
  organization_id: string
  records_terminals: boolean
  /** Null: its owner has not allowed SSH through us. */
  ssh: NodeFeatures['ssh']
  pinned: HostKey[]
  /** What it shows and is not pinned. */
  changed: HostKey[]
}

export const absent = () => notFound('node_not_found', 'There is no such machine.')

export function machineOf({ features, pinned_host_keys, records_terminals, ...row }: MachineRow): Machine {
  const ssh = features === null ? null : (JSON.parse(features) as NodeFeatures).ssh
  const pinned = readHostKeys(pinned_host_keys === null ? [] : (JSON.parse(pinned_host_keys) as string[]))
  const shown = readHostKeys(ssh?.host_keys ?? [])
  const changed = pinned.length === 0 ? [] : shown.filter(({ line }) => !pinned.some((key) => key.line === line))
  return { ...row, records_terminals: records_terminals === 1, ssh, pinned, changed }
}

export function assertAllowed({ name, ssh }: Machine): void {
  if (ssh) return
  throw forbidden(
    'ssh_disabled',
    `SSH through Shardlyn is not allowed on ${name}. Its owner allows it there, with --enable-ssh-ca of the installer.`,
  )
}
