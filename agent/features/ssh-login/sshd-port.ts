import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'

const DEFAULT_PORT = 22
const MAX_DEPTH = 4

/** The lines that hold for everybody, those of included files at their place. What stands under Match concerns no port. */
function* lines(file: string, folder: string, depth: number): Generator<string> {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return
  }
  for (const line of text.split('\n')) {
    const [, word = '', rest = ''] = /^\s*(\w+)[\s=]+"?([^"]*?)"?\s*$/.exec(line) ?? []
    if (word.toLowerCase() === 'match') return
    if (word.toLowerCase() !== 'include') yield line
    else if (depth < MAX_DEPTH) {
      for (const pattern of rest.split(/\s+/).filter(Boolean)) {
        for (const each of globSync(path.resolve(folder, pattern)).sort()) yield* lines(each, folder, depth + 1)
      }
    }
  }
}

/** Where this machine's sshd listens: what its owner said, else the first port of its own configuration. */
export function sshdPort({ folder = '/etc/ssh', port }: { folder?: string; port?: number }): number {
  if (port !== undefined) return port
  for (const line of lines(path.join(folder, 'sshd_config'), folder, 0)) {
    const found = Number(/^\s*port[\s=]+(\d{1,5})\s*$/i.exec(line)?.[1])
    if (found >= 1 && found <= 65535) return found
  }
  return DEFAULT_PORT
}
