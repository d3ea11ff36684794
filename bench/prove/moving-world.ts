import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

/**
 * A server that shows what is lost and what is doubled. It holds a port for as long as it lives, so the kernel refuses a second one; it
 * goes on counting from the last line of its own log, and after each line tells the number to a file outside, where a number that
 * comes twice is a line that was lost.
 */
export function movingWorld(outside: string, port: number) {
  const mark = randomUUID()
  const told = join(outside, 'told')
  const doubled = join(outside, 'doubled')
  writeFileSync(told, '')
  const script = `/* ${mark} */
    const fs = require('fs'), net = require('net')
    const door = net.createServer()
    door.on('error', () => { fs.appendFileSync(${JSON.stringify(doubled)}, process.pid + ' in ' + process.cwd() + '\\n'); process.exit(9) })
    door.listen(${port}, '127.0.0.1', () => {
      const lines = fs.existsSync('log') ? fs.readFileSync('log', 'utf8').split('\\n') : ['']
      let n = lines.length - 1
      process.on('SIGTERM', () => process.exit(0))
      console.log('ready')
      setInterval(() => { fs.appendFileSync('log', 'line ' + n + '\\n'); fs.appendFileSync(${JSON.stringify(told)}, n + '\\n'); n++ }, 5)
    })`

  return {
    mark,
    script,
    /** Files named after what is in them, in folders. */
    fill(root: string, files: number, largeBytes: number): number {
      for (let n = 0; n < files; n++) {
        const bytes = n === 0 ? randomBytes(largeBytes) : randomBytes(Math.floor(Math.random() * 20_000))
        const folder = join(root, 'world', `region ${n % 7}`)
        mkdirSync(folder, { recursive: true })
        writeFileSync(join(folder, sha256(bytes)), bytes)
      }
      return files
    },
    /** How many files of the world are there and are what their name says. */
    whole(root: string): number {
      let count = 0
      for (const folder of readdirSync(join(root, 'world'))) {
        for (const name of readdirSync(join(root, 'world', folder))) {
          if (sha256(readFileSync(join(root, 'world', folder, name))) === name) count++
        }
      }
      return count
    },
    /** Lines that were lost or doubled, over its whole life. */
    wrongLines(): number {
      const numbers = readFileSync(told, 'utf8').split('\n').slice(0, -1).map(Number)
      return numbers.filter((n, i) => n !== i).length
    },
    lines: () => readFileSync(told, 'utf8').split('\n').length - 1,
    doubled: () => (existsSync(doubled) ? readFileSync(doubled, 'utf8').split('\n').length - 1 : 0),
    /** Processes whose command line is this server: how many run now. */
    running: () =>
      readdirSync('/proc').filter((pid) => {
        try {
          return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(mark)
        } catch {
          return false
        }
      }),
  }
}
