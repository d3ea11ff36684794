// npm run check: what a change must pass. Types, lint, format, unused code, tests; stops at the first that fails.
import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './out.ts'

type Step = { name: string; program: string; args: string[]; isQuiet?: boolean }

const bin = (path: string) => join(root, 'node_modules', path)
const trees = ['.', ...readdirSync(root).filter((name) => existsSync(join(root, name, 'tsconfig.json')))]

/** Runs a step; a quiet one shows its words only when it fails. */
function run({ program, args, isQuiet }: Step): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: root,
      stdio: ['inherit', isQuiet ? 'pipe' : 'inherit', isQuiet ? 'pipe' : 'inherit'],
    })
    let words = ''
    child.stdout?.on('data', (chunk) => (words += chunk))
    child.stderr?.on('data', (chunk) => (words += chunk))
    child.on('close', (code) => {
      if (code !== 0) process.stderr.write(words)
      resolve(code === 0)
    })
  })
}

/** Two at a time: a compiler fills a core by itself. */
async function checkTypes(): Promise<boolean> {
  const waiting = [...trees]
  let isFine = true
  const worker = async () => {
    for (let tree = waiting.shift(); tree && isFine; tree = waiting.shift()) {
      const isTreeFine = await run({
        name: tree,
        program: bin('typescript/bin/tsc'),
        args: ['-p', tree],
        isQuiet: true,
      })
      isFine &&= isTreeFine
    }
  }
  await Promise.all([worker(), worker()])
  return isFine
}

async function step(name: string, work: () => Promise<boolean>): Promise<void> {
  const beganAt = performance.now()
  const isFine = await work()
  const seconds = ((performance.now() - beganAt) / 1000).toFixed(1)
  console.log(`${name}: ${isFine ? 'fine' : 'FAILED'} (${seconds} s)`)
  if (!isFine) {
    console.error(`npm run check stops at: ${name}.`)
    process.exit(1)
  }
}

await step('types', checkTypes)
await step('lint', () =>
  run({ name: 'lint', program: bin('oxlint/bin/oxlint'), args: ['--type-aware'], isQuiet: true }),
)
await step('format', () => run({ name: 'format', program: bin('oxfmt/bin/oxfmt'), args: ['--check'], isQuiet: true }))
await step('unused code', () => run({ name: 'knip', program: bin('knip/bin/knip.js'), args: [], isQuiet: true }))
await step('tests', () => run({ name: 'tests', program: join(root, 'build', 'test.ts'), args: [] }))
