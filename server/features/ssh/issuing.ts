import { randomBytes } from 'node:crypto'
import type { Input, Output } from '#contract/operation'
import { BACKDATE_SECONDS, type createCertificate, DEFAULT_HOURS } from '#contract/ssh'
import { type Audit, byCaller } from '#server/audit'
import type { Clock } from '#server/clock'
import { inTransaction } from '#server/db/open'
import type { Db } from '#server/db/schema'
import { notFound, tooMany } from '#server/errors'
import type { Caller } from '#server/http/caller'
import type { RateLimiter } from '#server/http/rate-limit'
import { missing } from '#server/http/rights'
import { newId } from '#server/ids'
import { signCertificate } from '#server/ssh/certificate'
import { readPublicKey } from '#server/ssh/public-key'
import type { Ca } from './ca.ts'
import { loginRights } from './login-rights.ts'
import { assertSourceAddress } from './source-addresses.ts'
import * as store from './store.ts'

/** As many as a script for some dozens of machines asks for at once; then one every ten seconds. */
const RATE = { perSecond: 0.1, burst: 60 }
const MIN_RSA_BITS = 3072

export type IssueInput = Input<typeof createCertificate>['body'] & {
  /** `browser`: it ends with the session of the caller. */
  purpose?: 'person' | 'browser'
}
export type Issued = Output<typeof createCertificate>

type Deps = { db: Db; clock: Clock; audit: Audit; ca: Ca; limiter: RateLimiter }

/** Random, and not zero: OpenSSH takes zero for a certificate without a number, which cannot be revoked by it. */
export function newSerial(): bigint {
  for (;;) {
    const serial = randomBytes(8).readBigUInt64BE()
    if (serial !== 0n) return serial
  }
}

/** Signs certificates. */
export function createIssuing({ db, clock, audit, ca, limiter }: Deps) {
  /** In the transaction: the rights as they are now, within what the door let in. */
  async function assertMay(db: Db, caller: Caller, principals: readonly string[]): Promise<void> {
    const now = await loginRights(db, caller.organization_id, caller.user_id)
    if (!now.login || !caller.permissions.has('nodes.ssh.login')) throw missing('nodes.ssh.login')
    const wantsRoot = principals.includes('root')
    if (wantsRoot && !(now.root && caller.permissions.has('nodes.ssh.root'))) throw missing('nodes.ssh.root')
  }

  return async function issue(caller: Caller, input: IssueInput): Promise<Issued> {
    const { principals, node_id = null, purpose = 'person', source_addresses = [], force_command } = input
    const key = readPublicKey(input.public_key, { minRsaBits: MIN_RSA_BITS })
    source_addresses.forEach(assertSourceAddress)
    const verdict = limiter.take(caller.user_id, RATE)
    if (!verdict.allowed) {
      throw tooMany(
        'too_many_certificates',
        `You have asked for many certificates. Use one of those, or try again in ${verdict.retryAfter} s.`,
        verdict.retryAfter,
      )
    }

    return inTransaction(db, async (db) => {
      await assertMay(db, caller, principals)
      const node = node_id === null ? undefined : await store.findNode(db, caller.organization_id, node_id)
      if (node_id !== null && !node) throw notFound('node_not_found', 'There is no such machine.')
      const { id: ca_key_id, key: signer } = await ca.active(db)
      const now = clock.now()
      const seconds = Math.floor(now / 1000)
      const validAfter = seconds - BACKDATE_SECONDS
      const validBefore = seconds + Math.round((input.validity_hours ?? DEFAULT_HOURS) * 3600)
      const id = newId(now)
      const key_id = `user:${caller.user_id}:req:${id}`
      const scope = node_id ?? caller.organization_id
      const extensions = [...(input.extensions ?? ['permit-pty'])]
      const serial = newSerial()
      const certificate = signCertificate(signer, key, {
        serial,
        kind: 'user',
        keyId: key_id,
        principals: principals.map((login) => `${login}@${scope}`),
        validAfter,
        validBefore,
        criticalOptions: {
          ...(force_command !== undefined && { 'force-command': force_command }),
          ...(source_addresses.length > 0 && { 'source-address': source_addresses.join(',') }),
        },
        extensions: Object.fromEntries(extensions.map((name) => [name, ''])),
      })
      const row = {
        id,
        organization_id: caller.organization_id,
        serial_number: String(serial),
        key_id,
        purpose,
        ca_key_id,
        user_id: caller.user_id,
        session_id: purpose === 'browser' || caller.credential === 'token' ? caller.session_id : null,
        email: caller.email,
        node_id,
        principals: JSON.stringify(principals),
        extensions: JSON.stringify(extensions),
        force_command: force_command ?? null,
        source_addresses: JSON.stringify(source_addresses),
        public_key_fingerprint: key.fingerprint,
        certificate,
        valid_after: new Date(validAfter * 1000).toISOString(),
        valid_before: new Date(validBefore * 1000).toISOString(),
        created_at: new Date(now).toISOString(),
      }
      if (!(await store.insertCertificate(db, row))) throw new Error(`The serial number ${serial} was drawn twice.`)
      await audit(db, {
        ...byCaller(caller),
        action: 'ssh_certificate.issued',
        subject: { type: 'ssh_certificate', id, name: `${principals.join(', ')}${node ? ` on ${node.name}` : ''}` },
        details: {
          serial_number: row.serial_number,
          key_id,
          purpose,
          node_id,
          principals,
          extensions,
          force_command: row.force_command,
          source_addresses,
          public_key_fingerprint: key.fingerprint,
          valid_before: row.valid_before,
        },
      })
      const { serial_number, valid_after, valid_before } = row
      return { id, certificate, serial_number, valid_after, valid_before, principals: [...principals] }
    })
  }
}
export type Issue = ReturnType<typeof createIssuing>
