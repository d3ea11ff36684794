import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { closeSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { downloadHostFile } from '#contract/host-files'
import { urlFor } from '#contract/operation'
import type { Client } from '#server/testing/process'
import { eventually } from '#server/testing/scenario'
import { joinedMachine } from '../joined.ts'
import { openShell } from './shell-client.ts'

const MB = 1_000_000
const LETTERS = 'abcdefghijklmnopqrstuvwxyz'
type Fetched = { status: number; bytes: number; sha256: string; ms: number }

function makeFile(path: string, megabytes: number): string {
  const hash = createHash('sha256')
  const file = openSync(path, 'w')
  for (let n = 0; n < megabytes; n++) {
    const part = randomBytes(MB)
    writeSync(file, part)
    hash.update(part)
  }
  closeSync(file)
  return hash.digest('hex')
}

async function fetched(client: Client, nodeId: string, path: string): Promise<Fetched> {
  const url = new URL(urlFor(downloadHostFile, { params: { id: nodeId }, query: { path } }), client.url)
  const child = spawn(process.execPath, [join(import.meta.dirname, 'fetch-hash.ts'), url.href], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  child.stdin.end(client.token())
  let said = ''
  for await (const chunk of child.stdout) said += String(chunk)
  return JSON.parse(said) as Fetched
}

const percentile = (values: readonly number[], part: number) =>
  Math.round(
    (values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))] ?? 0) * 10,
  ) / 10
const figures = (times: readonly number[]) => ({
  keystrokes: times.length,
  p50: percentile(times, 0.5),
  p99: percentile(times, 0.99),
  slowest: percentile(times, 1),
})

/** A keystroke's echo at a machine's terminal: alone, and while a large file comes through the same tunnel. */
export async function proveEcho(megabytes: number, keystrokes: number) {
  const machine = await joinedMachine()
  const { client, nodeId, folder } = machine
  try {
    const path = join(folder, 'large.bin')
    const sha256 = makeFile(path, megabytes)
    const shell = openShell(client, nodeId)
    await eventually(async () => shell.isOpen(), Boolean, 'the shell')
    shell.type(`exec /bin/sh -c 'stty raw -echo; echo "rea""dy"; exec cat'\r`)
    await eventually(
      async () => shell.text(),
      (text) => text.includes('ready\n'),
      'the program that echoes',
    )
    await wait(300)
    const begin = shell.offset()
    let typed = ''
    /** Types a letter, waits until it is back, and then as long as somebody takes to the next one. */
    async function type(): Promise<number> {
      const letter = LETTERS[typed.length % LETTERS.length] ?? ''
      const echo = shell.arrived(begin + typed.length + 1)
      const begun = performance.now()
      shell.type(letter)
      typed += letter
      await echo
      const took = performance.now() - begun
      await wait(5 + Math.random() * 10)
      return took
    }
    const idle: number[] = []
    while (idle.length < keystrokes) idle.push(await type())

    let isOver = false
    const rounds: Fetched[] = []
    const loading = (async () => {
      try {
        do rounds.push(await fetched(client, nodeId, path))
        while (!isOver)
      } finally {
        isOver = true
      }
    })()
    // Before its first byte there is nothing that a letter could wait behind.
    await wait(300)
    const loaded: number[] = []
    while (!isOver && (loaded.length < keystrokes || rounds.length === 0)) loaded.push(await type())
    isOver = true
    await loading
    const echoed = shell.text().slice(-typed.length)
    shell.close()
    return {
      idle: figures(idle),
      loaded: figures(loaded),
      megabytesPerSecond: Math.round(rounds.reduce((sum, { bytes, ms }) => sum + bytes / 1000 / ms / rounds.length, 0)),
      rounds: rounds.length,
      wrongFiles: rounds.filter((round) => round.sha256 !== sha256).length,
      isInOrder: echoed === typed,
      gaps: shell.gaps.length,
    }
  } finally {
    await machine.stop()
  }
}

if (import.meta.main) {
  const [megabytes = 1000, keystrokes = 1000] = process.argv.slice(2).map(Number)
  const figure = await proveEcho(megabytes, keystrokes)
  process.stdout.write(`${JSON.stringify(figure)}\n`)
  if (figure.wrongFiles > 0 || !figure.isInOrder || figure.loaded.p99 > 25 || figure.idle.p99 > 10) process.exitCode = 1
}
