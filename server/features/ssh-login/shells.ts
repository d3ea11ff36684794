import type { Duplex } from 'node:stream'
import type { createCertificate } from '#contract/ssh'
import type { Input, Output } from '#contract/operation'
import { conflict, invalid, unavailable } from '#server/errors'
import type { Caller } from '#server/http/caller'
import { missing } from '#server/http/rights'
import { hostKeyChanged } from '#server/ssh/changed-key'
import type { Shell } from '#server/ssh/shell'
import type { TerminalSession } from '#server/terminal/session'
import type { TerminalSessions } from '#server/terminal/sessions'
import type { TerminalSize } from '#server/terminal/source'
import type { Agents } from '#server/tunnel/agents'
import { assertAllowed, type Machine } from './machine.ts'
import { shellSource } from './shell-source.ts'

/** Enough for a login; the session goes on after. */
const VALID_HOURS = 5 / 60

export type Issue = (
  caller: Caller,
  input: Input<typeof createCertificate>['body'] & { purpose: 'browser' },
) => Promise<Output<typeof createCertificate>>
type Deps = {
  agents: Pick<Agents, 'isConnected'>
  /** To the machine's sshd. */
  connect: (machine: Machine) => Promise<Duplex>
  sessions: TerminalSessions
  issue: Issue
}
type Query = { session?: string; login?: string } & Partial<TerminalSize>

/** Shells on the sshd of machines, each logged in with a key and a certificate of its own that nobody keeps. */
export function createShells({ agents, connect, sessions, issue }: Deps) {
  /** The session of each certificate; null while it is logging in. */
  const byCertificate = new Map<string, string | null>()
  const revoked = new Set<string>()

  function assertPossible(caller: Caller, machine: Machine, login: string): void {
    if (login === 'root' && !caller.permissions.has('nodes.ssh.root')) throw missing('nodes.ssh.root')
    assertAllowed(machine)
    if (machine.pinned.length === 0) {
      throw conflict(
        'no_host_keys',
        `${machine.name} has told of no host keys, so nobody would know whom they meet there.`,
      )
    }
    const [changed] = machine.changed
    if (changed) throw hostKeyChanged(changed.fingerprint)
    sessions.assertRoom(caller, machine.id)
    if (!agents.isConnected(machine.id)) {
      throw unavailable('node_offline', `${machine.name} is away. Check that it is switched on and its agent runs.`)
    }
  }

  async function open(caller: Caller, machine: Machine, login: string, size: TerminalSize): Promise<TerminalSession> {
    // Not needed before somebody logs in.
    const [{ makeSessionKey }, { openShell }] = await Promise.all([
      import('#server/ssh/certificate-login'),
      import('#server/ssh/shell'),
    ])
    const key = makeSessionKey()
    const { id: certificateId, certificate } = await issue(caller, {
      public_key: key.public_key,
      principals: [login],
      node_id: machine.id,
      validity_hours: VALID_HOURS,
      purpose: 'browser',
    })
    byCertificate.set(certificateId, null)
    let shell: Shell | undefined
    try {
      const wire = await connect(machine)
      const isTrusted = machine.ssh?.trusts_ca ?? false
      shell = await openShell({ wire, login, key, certificate, hostKeys: machine.pinned, size, isTrusted })
      const session = await sessions.begin({
        caller,
        node: machine,
        kind: 'ssh',
        login,
        size,
        source: shellSource(shell, () => agents.isConnected(machine.id)),
        isAllowed: (now) => login !== 'root' || now.permissions.has('nodes.ssh.root'),
      })
      byCertificate.set(certificateId, session.id)
      void shell.ended.then(() => byCertificate.delete(certificateId))
      if (revoked.delete(certificateId)) end(session.id)
      return session
    } catch (error) {
      byCertificate.delete(certificateId)
      revoked.delete(certificateId)
      shell?.close()
      throw error
    }
  }
  const end = (sessionId: string) => sessions.end(sessionId, 'revoked', 'Its certificate was revoked.')

  return {
    /** Whether a shell may be opened, or come back to; what it answers does so. */
    async prepare(
      caller: Caller,
      machine: Machine,
      { session, login = caller.permissions.has('nodes.ssh.root') ? 'root' : undefined, cols = 80, rows = 24 }: Query,
    ): Promise<() => Promise<TerminalSession>> {
      if (session !== undefined) {
        const found = sessions.find(caller, machine.id, 'ssh', session)
        return () => Promise.resolve(found)
      }
      if (login === undefined) throw invalid('login_required', 'Say as whom to log in there.')
      assertPossible(caller, machine, login)
      return () => open(caller, machine, login, { cols, rows })
    },
    revoked(certificateIds: readonly string[]) {
      for (const id of certificateIds) {
        const session = byCertificate.get(id)
        if (session === null) revoked.add(id)
        else if (session !== undefined) end(session)
      }
    },
  }
}
