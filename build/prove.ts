// npm run prove -- NAME [arguments]: builds, then runs a long proof from bench/prove/. Without a name it lists them.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { ensureBuilt, root } from './out.ts'

const folder = join(root, 'bench', 'prove')
const names = existsSync(folder)
  ? readdirSync(folder)
      .filter(
        (file) => file.endsWith('.ts') && readFileSync(join(folder, file), 'utf8').includes('if (import.meta.main)'),
      )
      .map((file) => basename(file, '.ts'))
  : []
const [name, ...args] = process.argv.slice(2)

/** A proof says what it proves above its last function. */
function wordsOf(proof: string): string {
  const text = readFileSync(join(folder, `${proof}.ts`), 'utf8')
  return [...text.matchAll(/^\/\*\* (.*) \*\/$/gm)].at(-1)?.[1] ?? ''
}

if (name !== undefined && names.includes(name)) {
  await ensureBuilt()
  // A program of its own, for a proof runs only as the main one; elsewhere it is imported by its test.
  const proof = spawn(process.execPath, [join(folder, `${name}.ts`), ...args], { cwd: root, stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => proof.kill(signal))
  const [code] = (await once(proof, 'exit')) as [number | null]
  process.exit(code ?? 1)
} else {
  if (name !== undefined) console.error(`There is no proof named ${name}.`)
  console.log(
    [
      'Proofs, to run with npm run prove -- NAME:',
      ...names.map((proof) => `  ${proof.padEnd(20)} ${wordsOf(proof)}`),
    ].join('\n'),
  )
  process.exit(name === undefined ? 0 : 1)
}
