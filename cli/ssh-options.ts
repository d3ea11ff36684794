import type { createCertificate } from '#contract/ssh'
import type { Input } from '#contract/operation'

type Extension = NonNullable<Input<typeof createCertificate>['body']['extensions']>[number]

/** Options of ssh(1) that take a value. */
const withValue = 'BbcDEeFIiJLlmOopQRSWw'

const byFlag: Record<string, Extension> = {
  L: 'permit-port-forwarding',
  R: 'permit-port-forwarding',
  D: 'permit-port-forwarding',
  W: 'permit-port-forwarding',
  w: 'permit-port-forwarding',
  A: 'permit-agent-forwarding',
  X: 'permit-X11-forwarding',
  Y: 'permit-X11-forwarding',
}
const byOption: [RegExp, Extension][] = [
  [/^(local|remote|dynamic)forward\b|^tunnel[\s=]+"?(yes|point|ethernet)/i, 'permit-port-forwarding'],
  [/^forwardagent[\s=]+"?(?!no\b)/i, 'permit-agent-forwarding'],
  [/^forwardx11(trusted)?[\s=]+"?yes/i, 'permit-X11-forwarding'],
]

/** What a certificate must permit for these arguments of ssh: a terminal, and beyond that only what is asked for. */
export function extensionsFor(args: readonly string[]): Extension[] {
  const wanted = new Set<Extension>(['permit-pty'])
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? ''
    if (arg === '--' || !arg.startsWith('-') || arg === '-') break
    for (let position = 1; position < arg.length; position++) {
      const flag = arg[position] ?? ''
      const extension = byFlag[flag]
      if (extension) wanted.add(extension)
      if (!withValue.includes(flag)) continue
      const value = position + 1 < arg.length ? arg.slice(position + 1) : (args[++at] ?? '')
      if (flag === 'o') for (const [pattern, permits] of byOption) if (pattern.test(value)) wanted.add(permits)
      break
    }
  }
  return [...wanted]
}
