import fs from 'node:fs'

/** A file of the system as text, empty where there is none or we may not; at most `max` bytes of it. */
export function readText(file: string, max = 1024 * 1024): string {
  try {
    const fd = fs.openSync(file, 'r')
    try {
      const parts: Buffer[] = []
      // Files of the kernel tell no size, and give at most a page at a time.
      for (let size = 0; size < max;) {
        const part = Buffer.allocUnsafe(Math.min(max - size, 65_536))
        const read = fs.readSync(fd, part, 0, part.length, null)
        if (read === 0) break
        parts.push(part.subarray(0, read))
        size += read
      }
      return Buffer.concat(parts).toString('utf8')
    } finally {
      fs.closeSync(fd)
    }
  } catch {
    return ''
  }
}

export const readLines = (file: string): string[] => readText(file).split('\n').filter(Boolean)

/** The entries of a folder; none where it cannot be read. */
export function readFolder(folder: string): string[] {
  try {
    return fs.readdirSync(folder)
  } catch {
    return []
  }
}
