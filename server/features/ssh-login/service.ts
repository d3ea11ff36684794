import { type acceptHostKeys, getNodeSsh } from '#contract/ssh-login'
import type { Input, Output } from '#contract/operation'
import { type Audit, byCaller } from '#server/audit'
import type { Clock } from '#server/clock'
import { inTransaction } from '#server/db/open'
import type { Db } from '#server/db/schema'
import { conflict } from '#server/errors'
import type { Publish } from '#server/events'
import type { Caller } from '#server/http/caller'
import type { Log } from '#server/log'
import { readHostKeys } from '#server/ssh/host-keys'
import type { TerminalSessions } from '#server/terminal/sessions'
import type { Agents } from '#server/tunnel/agents'
import { absent, assertAllowed, type Machine, machineOf } from './machine.ts'
import { createPins } from './pins.ts'
import * as store from './store.ts'
import { connectToSshd } from './connecting.ts'
import { createShells, type Issue } from './shells.ts'
import { createStreams } from './streams.ts'

type Deps = {
  db: Db
  clock: Clock
  log: Log
  audit: Audit
  publish: Publish
  agents: Agents
  sessions: TerminalSessions
  issue: Issue
}

/** Logging in to the sshd of a machine, through its tunnel: whom one meets there, and the ways in. */
export function createSshLogin(deps: Deps) {
  const { db, log, audit, publish } = deps
  const pins = createPins(deps)
  const streams = createStreams(deps)
  const shells = createShells({ ...deps, connect: ({ id }) => connectToSshd(deps, id) })

  async function locate(caller: Caller, id: string): Promise<Machine> {
    const row = await store.findMachine(db, id)
    if (!row || row.organization_id !== caller.organization_id) throw absent()
    return machineOf(row)
  }

  return {
    listener: pins.listener,
    locate,
    join: streams.join,

    /** Whether a shell may be opened there, or come back to; what it answers does so. */
    prepareShell: async (caller: Caller, id: string, query: Parameters<typeof shells.prepare>[2]) =>
      shells.prepare(caller, await locate(caller, id), query),

    async connect(caller: Caller, machine: Machine) {
      assertAllowed(machine)
      return streams.connect(caller, machine)
    },

    async info(caller: Caller, id: string): Promise<Output<typeof getNodeSsh>> {
      const { name, ssh, pinned, changed } = await locate(caller, id)
      return {
        host_keys: pinned.map(({ line }) => line),
        fingerprints: pinned.map(({ fingerprint }) => fingerprint),
        changed_host_keys: changed.map(({ line }) => line),
        changed_fingerprints: changed.map(({ fingerprint }) => fingerprint),
        trusts_ca: ssh?.trusts_ca ?? false,
        problem: ssh ? ssh.problem : `SSH through Shardlyn is not allowed on ${name}.`,
        may_root: caller.permissions.has('nodes.ssh.root'),
      }
    },

    async acceptHostKeys(
      caller: Caller,
      id: string,
      { fingerprints }: Input<typeof acceptHostKeys>['body'],
    ): Promise<void> {
      await inTransaction(db, async (db) => {
        const row = await store.findMachine(db, id)
        if (!row || row.organization_id !== caller.organization_id) throw absent()
        const { name, ssh, pinned } = machineOf(row)
        const shown = readHostKeys(ssh?.host_keys ?? [])
        const named = new Set(fingerprints)
        if (![...named].every((fingerprint) => shown.some((key) => key.fingerprint === fingerprint))) {
          throw conflict(
            'host_keys_differ',
            `${name} does not show these host keys now. Look at them again, and compare them with the machine.`,
          )
        }
        const kept = shown.filter(
          ({ line, fingerprint }) => named.has(fingerprint) || pinned.some((key) => key.line === line),
        )
        await store.pin(
          db,
          id,
          kept.map(({ line }) => line),
        )
        await audit(db, {
          ...byCaller(caller),
          action: 'node.host_keys_accepted',
          subject: { type: 'node', id, name },
          details: {
            fingerprints: kept.map(({ fingerprint }) => fingerprint),
            before: pinned.map(({ fingerprint }) => fingerprint),
          },
        })
      })
      publish({
        organization_id: caller.organization_id,
        kind: 'node.host_keys_accepted',
        subject: { type: 'node', id },
        stale: [{ operation: getNodeSsh, id }],
      })
    },

    /** Certificates were revoked: what may have been opened with them ends. */
    onRevoked(ids: readonly string[]) {
      shells.revoked(ids)
      store.findHeld(db, ids).then(
        (held) => held.forEach(streams.revoked),
        (error: unknown) => log.error({ err: error }, 'what was opened with revoked certificates could not be ended'),
      )
    },
    counts: () => ({ streams: streams.count() }),
  }
}
export type SshLogin = ReturnType<typeof createSshLogin>
