import type { createCertificate } from '#contract/ssh'
import type { Input } from '#contract/operation'

export const ALL = 'all'
/** Minutes. */
export const lengths = ['15', '60', '240', '480', '1440'] as const
export type Length = (typeof lengths)[number]

export type CertificateForm = {
  node: string
  logins: string
  length: Length
  key: string
  forwarding: boolean
  agent: boolean
  command: string
  sources: string
}
export type Mistake = 'loginsMissing' | 'loginsBad' | 'keyMissing' | 'noRoot'

const LOGIN = /^[a-z_][a-z0-9_-]{0,31}$/
const split = (text: string) => [...new Set(text.split(/[\s,]+/).filter(Boolean))]

/** What is to be mended before it is sent, by the field. */
export function mistakesIn(form: CertificateForm, mayRoot: boolean): { logins?: Mistake; key?: Mistake } {
  const logins = split(form.logins)
  return {
    ...(logins.length === 0
      ? { logins: 'loginsMissing' as const }
      : logins.length > 16 || !logins.every((login) => LOGIN.test(login))
        ? { logins: 'loginsBad' as const }
        : logins.includes('root') && !mayRoot && { logins: 'noRoot' as const }),
    ...(form.key.trim() === '' && { key: 'keyMissing' as const }),
  }
}

export function bodyOf(form: CertificateForm): Input<typeof createCertificate>['body'] {
  const sources = split(form.sources)
  return {
    public_key: form.key.trim(),
    principals: split(form.logins),
    validity_hours: Number(form.length) / 60,
    ...(form.node !== ALL && { node_id: form.node }),
    extensions: [
      'permit-pty',
      ...(form.forwarding ? (['permit-port-forwarding'] as const) : []),
      ...(form.agent ? (['permit-agent-forwarding'] as const) : []),
    ],
    ...(form.command.trim() !== '' && { force_command: form.command.trim() }),
    ...(sources.length > 0 && { source_addresses: sources }),
  }
}

/** The name that OpenSSH looks for beside a key of this type. */
export function fileFor(publicKey: string): string {
  const [type = ''] = publicKey.trim().split(/\s+/)
  const name = type.startsWith('sk-ssh-ed25519')
    ? 'id_ed25519_sk'
    : type.startsWith('sk-ecdsa')
      ? 'id_ecdsa_sk'
      : type.startsWith('ecdsa')
        ? 'id_ecdsa'
        : type === 'ssh-rsa'
          ? 'id_rsa'
          : 'id_ed25519'
  return `${name}-cert.pub`
}
