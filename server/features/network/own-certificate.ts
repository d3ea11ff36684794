import { createPrivateKey, X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import os from 'node:os'
import { type Clock, isoNow } from '#server/clock'
import { inTransaction } from '#server/db/open'
import type { Db } from '#server/db/schema'
import type { Seal } from '#server/db/seal'
import { readSecret, readSetting, writeSecret, writeSetting } from '#server/db/settings'
import { fingerprintOf, makeCertificate, makeKey } from './certificate.ts'

const KEY = 'network.key'
const CERTIFICATE = 'network_certificate'
const DAY = 86_400_000
/** As long as systems accept one. */
const LIFE = 825 * DAY
const EARLY = 30 * DAY
/** For machines whose clock is behind. */
const BACKDATE = DAY

export type OwnCertificate = { key: string; cert: string; fingerprint: string; expires_at: string }

const isFor = (certificate: X509Certificate, name: string) =>
  (isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)) !== undefined

/** Whether a certificate still serves: it is the key's, is for every name, and does not end soon. */
function serves(cert: string, key: string, names: readonly string[], now: number): boolean {
  try {
    const certificate = new X509Certificate(cert)
    return (
      certificate.checkPrivateKey(createPrivateKey(key)) &&
      certificate.validFromDate.getTime() <= now &&
      certificate.validToDate.getTime() - now > EARLY &&
      names.every((name) => isFor(certificate, name))
    )
  } catch {
    return false
  }
}

/**
 * Our own certificate, made when it is first needed and renewed when it must be. The key stays, sealed in the database: agents pin
 * it.
 */
export async function ownCertificate(
  { db, clock, seal }: { db: Db; clock: Clock; seal: Seal },
  names: readonly string[],
): Promise<OwnCertificate & { isNew: boolean; wasThere: boolean }> {
  const now = clock.now()
  const kept = (await readSecret(db, seal, KEY)) ?? undefined
  const { pem } = await readSetting(db, CERTIFICATE, { pem: '' })
  const wasThere = kept !== undefined && pem !== ''
  const key = kept ?? makeKey()
  const isNew = kept === undefined || !serves(pem, key, names, now)
  const cert = isNew
    ? await makeCertificate({
        key,
        name: os.hostname().slice(0, 64) || 'Shardlyn',
        names,
        from: new Date(now - BACKDATE),
        until: new Date(now - BACKDATE + LIFE),
      })
    : pem
  if (isNew) {
    await inTransaction(db, async (db) => {
      if (kept === undefined) await writeSecret(db, seal, KEY, key)
      await writeSetting(db, CERTIFICATE, { pem: cert }, isoNow(clock))
    })
  }
  const expires_at = new X509Certificate(cert).validToDate.toISOString()
  return { key, cert, fingerprint: fingerprintOf(key), expires_at, isNew, wasThere }
}
