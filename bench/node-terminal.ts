import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { eventually } from '#server/testing/scenario'
import { joinedMachine } from './joined.ts'
import { atLeast, type Figure, pairs } from './measure.ts'
import { openShell } from './prove/shell-client.ts'
import { LINE, ptyAlone } from './pty-alone.ts'

const BYTES = 40e6
const LINES = Math.ceil(BYTES / LINE.length)
/** Lines come out of a pty with a carriage return more than went in. */
const PRINTED = LINES * (LINE.length + 1)

/** A terminal on a machine: pty, agent, tunnel, control plane, WebSocket; against the same bytes out of a pty. */
export async function benchNodeTerminal(): Promise<Figure[]> {
  const machine = await joinedMachine()
  try {
    const file = join(machine.folder, 'lines.txt')
    writeFileSync(file, LINE.repeat(LINES))
    const shell = openShell(machine.client, machine.nodeId)
    await eventually(async () => shell.isOpen(), Boolean, 'the shell')
    shell.type(`exec /bin/sh\r`)
    shell.type(`stty -echo; PS1=; echo "rea""dy"\r`)
    await eventually(
      async () => shell.text(),
      (text) => text.includes('ready\r\n'),
      'a quiet shell',
    )
    const ours = async () => {
      await wait(200)
      const from = shell.offset()
      const first = shell.arrived(from + 1)
      shell.type(`cat '${file}'\r`)
      await first
      const begun = performance.now()
      await shell.arrived(from + PRINTED)
      const rate = PRINTED / 1e6 / ((performance.now() - begun) / 1000)
      shell.forget()
      return rate
    }
    const what = { name: 'terminal of a machine', unit: 'MB/s', against: 'node-pty alone' }
    const figure = await pairs(what, 5, ours, () => ptyAlone(file))
    if (shell.gaps.length > 0) throw new Error('The terminal lost some of what was printed.')
    shell.close()
    return [{ ...figure, goal: atLeast(figure.ratio, 0.6) }]
  } finally {
    await machine.stop()
  }
}
