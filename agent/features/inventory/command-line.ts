import { maskArguments } from './mask.ts'
import { readText } from './read.ts'
import { clean } from './text.ts'

const SHOWN = 1000
/** A little more than is shown, so that what is cut off is cut off after it was masked. */
const READ = 1400
const REMEMBERED = 4096

/** What programs were started with, masked. The same line is not looked through twice while it is remembered. */
export function createCommandLines() {
  const lines = new Map<string, string>()

  function mask(raw: string): string {
    const known = lines.get(raw)
    if (known !== undefined) return known
    const shown = clean(maskArguments(raw.replace(/\0+$/, '').split('\0')).join(' '), SHOWN)
    if (lines.size >= REMEMBERED) lines.clear()
    lines.set(raw, shown)
    return shown
  }

  /** Empty for what has none, such as the kernel's own threads. */
  return (pid: number): string => {
    const raw = readText(`/proc/${pid}/cmdline`, READ)
    return raw === '' ? '' : mask(raw)
  }
}
