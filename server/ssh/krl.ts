import { part, u32, u64 } from './wire.ts'

export type Revoked = { serial: bigint; keyId: string }

const CERTIFICATES = 1
const SERIAL_LIST = 0x20
const KEY_ID = 0x23
const section = (type: number, data: Buffer) => Buffer.concat([Buffer.from([type]), part(data)])

/**
 * An OpenSSH key revocation list (PROTOCOL.krl). Each certificate is named twice, by its serial number and by its key id, so that
 * either suffices. Without any it is still a list, and never an empty file: sshd takes a missing one for everything being revoked.
 */
export function buildKrl(version: number, at: Date, revokedBy: ReadonlyMap<string, readonly Revoked[]>): Buffer {
  const head = [
    Buffer.from('SSHKRL\n\0', 'latin1'),
    u32(1),
    u64(BigInt(version)),
    u64(BigInt(Math.floor(at.getTime() / 1000))),
    u64(0n),
    part(''),
    part('Shardlyn'),
  ]
  const sections = [...revokedBy].flatMap(([caBlob, revoked]) => {
    if (revoked.length === 0) return []
    const serials = revoked.map(({ serial }) => serial).toSorted((one, other) => (one < other ? -1 : 1))
    const inner = [
      part(Buffer.from(caBlob, 'base64')),
      part(''),
      section(SERIAL_LIST, Buffer.concat(serials.map(u64))),
      section(KEY_ID, Buffer.concat(revoked.map(({ keyId }) => part(keyId)))),
    ]
    return [section(CERTIFICATES, Buffer.concat(inner))]
  })
  return Buffer.concat([...head, ...sections])
}
