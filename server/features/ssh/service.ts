import { getCertificate, listCaKeys, listCertificates } from '#contract/ssh'
import type { Audit } from '#server/audit'
import type { Clock } from '#server/clock'
import type { Db } from '#server/db/schema'
import type { Seal } from '#server/db/seal'
import type { Publish } from '#server/events'
import type { Caller } from '#server/http/caller'
import { createRateLimiter } from '#server/http/rate-limit'
import type { Live } from '#server/live'
import type { Log } from '#server/log'
import type { Agents } from '#server/tunnel/agents'
import { createCa } from './ca.ts'
import { createCaKeys } from './ca-keys.ts'
import { createCertificates } from './certificates.ts'
import { createIssuing, type Issued, type IssueInput } from './issuing.ts'
import { createRevoking } from './revoking.ts'
import * as store from './store.ts'
import { createTrust } from './trust.ts'

const KEPT_DAYS = 90

type Deps = {
  db: Db
  clock: Clock
  log: Log
  audit: Audit
  publish: Publish
  seal: Seal
  agents: Pick<Agents, 'request' | 'isConnected'>
}

/** The SSH certificate authority. */
export function createSshService({ db, clock, log, audit, publish, seal, agents }: Deps) {
  const listeners: ((ids: readonly string[]) => void)[] = []
  const ca = createCa({ clock, seal })
  const trust = createTrust({ db, clock, log, agents, ca })
  const revoking = createRevoking({
    db,
    clock,
    audit,
    publish,
    onRevoked(ids) {
      trust.pushAll()
      for (const listener of listeners) listener(ids)
    },
  })
  const sign = createIssuing({ db, clock, audit, ca, limiter: createRateLimiter(clock) })
  const keys = createCaKeys({ db, clock, audit, publish, ca, trust })

  const behind = (work: Promise<unknown>) => {
    work.catch((error: unknown) => log.error({ err: error }, 'certificates of somebody could not be revoked'))
  }
  /** What ends what people have open ends their certificates, too. */
  const live: Live = {
    endSession: (sessionId) => behind(revoking.endSession(sessionId)),
    endUser: (userId, except) =>
      behind(revoking.endSessionsOf(userId, except).then(() => revoking.recheck({ user_id: userId }))),
    recheckUser: async (user_id) => void (await revoking.recheck({ user_id })),
    recheckOrganization: async (organization_id) => void (await revoking.recheck({ organization_id })),
    recheckEverybody: async () => void (await revoking.recheck({})),
  }

  return {
    live,
    listener: trust.listener,
    certificates: createCertificates({ db, clock, revoking }),
    keys,

    /** Signs a certificate for the caller; `purpose: 'browser'` ties it to the caller's session. */
    async issue(caller: Caller, input: IssueInput): Promise<Issued> {
      const issued = await sign(caller, input)
      const { organization_id } = caller
      publish({
        organization_id,
        kind: 'ssh_certificate.issued',
        stale: [listCertificates, getCertificate, listCaKeys],
      })
      return issued
    },
    /** Called after commit with the ids of certificates that are good no more. */
    onRevoked: (listener: (ids: readonly string[]) => void) => void listeners.push(listener),

    async tidy(): Promise<void> {
      await revoking.recheck({})
      await keys.retire()
    },
    forgetOld: () => store.deleteOldCertificates(db, new Date(clock.now() - KEPT_DAYS * 86_400_000).toISOString()),
    close: trust.close,
  }
}
export type SshService = ReturnType<typeof createSshService>
