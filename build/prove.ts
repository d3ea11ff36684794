// npm run prove -- NAME [arguments]: builds, then runs a long proof from bench/prove/. Without a name it lists them.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ensureBuilt, root } from './out.ts'

const folder = join(root, 'bench', 'prove')
const names = existsSync(folder)
  ? readdirSync(folder)
      .filter((file) => file.endsWith('.ts') && file !== 'tsconfig.json')
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
  const file = join(folder, `${name}.ts`)
  process.argv.splice(1, process.argv.length, file, ...args)
  await import(pathToFileURL(file).href)
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
