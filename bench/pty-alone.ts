import { spawn } from 'node-pty'

export const LINE =
  '\u001b[32m[12:34:56]\u001b[0m [Server thread/INFO]: a line as servers print them, with a number 0000000\n'

/** A pty that prints a file, read by this process and nothing else. In MB/s. */
export function ptyAlone(file: string): Promise<number> {
  return new Promise((resolve) => {
    const pty = spawn('cat', [file], { name: 'xterm', cols: 120, rows: 40, cwd: '/', env: {}, encoding: null })
    let begun = 0
    let bytes = 0
    pty.onData((data) => {
      begun ||= performance.now()
      bytes += data.length
    })
    pty.onExit(() => resolve(bytes / 1e6 / ((performance.now() - begun) / 1000)))
  })
}
