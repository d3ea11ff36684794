import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { root } from './out.ts'

// A gate that can pass by doing nothing must be shown to fail. Each planted file breaks one rule; the linter must name it.

type Finding = { filename: string; code: string; message: string }

const imports = 'eslint(no-restricted-imports)'
/** Zone, where the file is planted, its text, and the rule that must fire. */
const planted: [zone: string, file: string, text: string, rule: string][] = [
  ['contract: Node', 'contract/#.ts', "import 'node:fs'", imports],
  [
    'contract: the server',
    'contract/#.ts',
    "import type { Config } from '#server/config'\nexport type X = Config",
    imports,
  ],
  ['contract: another package', 'contract/#.ts', "export { parse } from 'yaml'", imports],
  ['agent: the server', 'agent/#.ts', "import '#server/start'", imports],
  ['agent: the server by path', 'agent/#/a.ts', "import '../../server/start.ts'", imports],
  ['agent: Electron', 'agent/#.ts', "import 'electron'", imports],
  ['agent: SQL', 'agent/#.ts', "import 'kysely'", imports],
  ['agent: React', 'agent/#.ts', "import 'react'", imports],
  ['command line: the server', 'cli/#.ts', "import '#server/start'", imports],
  ['command line: a package', 'cli/#.ts', "import 'fastify'", imports],
  ['server: the agent', 'server/#.ts', "import '#agent/state'", imports],
  ['server: the agent by path', 'server/http/#.ts', "import '../../agent/state.ts'", imports],
  ['server: Electron', 'server/#.ts', "import 'electron'", imports],
  ['server: the renderer', 'server/#.ts', "import '#renderer/lib/api.ts'", imports],
  ['server: React', 'server/#.ts', "import 'react-dom/client'", imports],
  ['server: SQL outside a store', 'server/#.ts', "import { sql } from 'kysely'\nexport const x = sql", imports],
  [
    'server: a feature below the composition root',
    'server/http/#.ts',
    "import '#server/features/auth/service'",
    imports,
  ],
  ['server: a feature from db', 'server/db/#.ts', "import '#server/features/auth/service'", imports],
  [
    'feature: sideways by name',
    'server/features/#/a.ts',
    "import type { X } from '#server/features/auth/store'\nexport type Y = X",
    imports,
  ],
  ['feature: sideways by path', 'server/features/#/b.ts', "import '../auth/store.ts'", imports],
  ['feature: sideways from a service', 'server/features/#/service.ts', "import '../auth/service.ts'", imports],
  ['feature: sideways from a route', 'server/features/#/routes.ts', "import '../auth/service.ts'", imports],
  ['feature: sideways from a store', 'server/features/#/store.ts', "import '../auth/store.ts'", imports],
  ['feature: the composition root', 'server/features/#/a.ts', "import '#server/app'", imports],
  [
    'service: Fastify',
    'server/features/#/service.ts',
    "import type { FastifyRequest } from 'fastify'\nexport type X = FastifyRequest",
    imports,
  ],
  ['service: SQL', 'server/features/#/service.ts', "import { sql } from 'kysely'\nexport const x = sql", imports],
  ['service: upwards to the routes', 'server/features/#/service.ts', "import './routes.ts'", imports],
  ['store: upwards to the service', 'server/features/#/store.ts', "import './service.ts'", imports],
  ['store: upwards to the routes', 'server/features/#/store.ts', "import './routes.ts'", imports],
  ['store: Fastify', 'server/features/#/store.ts', "import 'fastify'", imports],
  ['routes: past the service to the store', 'server/features/#/routes.ts', "import './store.ts'", imports],
  ['routes: past the service to the database', 'server/features/#/routes.ts', "import '#server/db/open'", imports],
  ['routes: SQL', 'server/features/#/routes.ts', "import 'kysely'", imports],
  ['other files of a feature: Fastify', 'server/features/#/jobs.ts', "import 'fastify'", imports],
  ['other files of a feature: SQL', 'server/features/#/jobs.ts', "import 'kysely'", imports],
  ['shell: the inside of the server', 'src-main/#.ts', "import '#server/app'", imports],
  ['shell: the agent', 'src-main/#.ts', "import '#agent/state'", imports],
  ['shell: the renderer', 'src-main/#.ts', "import '#renderer/lib/api.ts'", imports],
  ['shell: another tree by path', 'src-main/#.ts', "import '../server/app.ts'", imports],
  ['preload: the server', 'src-preload/#.ts', "import '#server/start'", imports],
  ['preload: Node', 'src-preload/#.ts', "import 'node:fs'", imports],
  ['preload: the main process', 'src-preload/#.ts', "import '../src-main/ipc.ts'", imports],
  [
    'renderer: the server',
    'src-renderer/#.ts',
    "import type { Config } from '#server/config'\nexport type X = Config",
    imports,
  ],
  ['renderer: the server by path', 'src-renderer/#.tsx', "import '../server/config.ts'", imports],
  ['renderer: the agent', 'src-renderer/#.ts', "import '#agent/state'", imports],
  [
    'renderer: Electron',
    'src-renderer/#.ts',
    "import { ipcRenderer } from 'electron'\nexport const x = ipcRenderer",
    imports,
  ],
  [
    'renderer: Node',
    'src-renderer/#.ts',
    "import { readFileSync } from 'node:fs'\nexport const x = readFileSync",
    imports,
  ],
  ['renderer: a dynamic import', 'src-renderer/#.ts', "export const x = () => import('node:fs')", imports],
  ['everywhere: exec', 'agent/#.ts', "import { exec } from 'node:child_process'\nexport const x = exec", imports],
  [
    'everywhere: execSync of the whole module',
    'build/#.ts',
    "import * as p from 'node:child_process'\nexport const x = p.execSync",
    imports,
  ],
  [
    'everywhere: a shell',
    'server/#.ts',
    "import { spawn } from 'node:child_process'\nspawn('ls', [], { shell: true })",
    'house(no-shell)',
  ],
  [
    'everywhere: a cycle',
    'agent/#/one.ts',
    "import { two } from './two.ts'\nexport const one = (): unknown => two",
    'import(no-cycle)',
  ],
  ['everywhere: a lost promise', 'server/#.ts', 'Promise.resolve(1)\nexport {}', 'typescript(no-floating-promises)'],
  [
    'everywhere: a misused promise',
    'agent/#.ts',
    'export const x = [1].filter(async () => true)',
    'typescript(no-misused-promises)',
  ],
  [
    'everywhere: a case forgotten',
    'server/#.ts',
    "export function x(y: 'a' | 'b') {\n  switch (y) {\n    case 'a':\n      return 1\n  }\n  return 2\n}",
    'typescript(switch-exhaustiveness-check)',
  ],
  ['everywhere: any', 'src-renderer/#.ts', 'export const x = (y: any): unknown => y', 'typescript(no-explicit-any)'],
  [
    'everywhere: a type imported as a value',
    'agent/#.ts',
    "import { Stats } from 'node:fs'\nexport type X = Stats",
    'typescript(consistent-type-imports)',
  ],
  ['everywhere: a default export', 'server/#.ts', 'export default 1', 'import(no-default-export)'],
  ['everywhere: console', 'server/#.ts', "console.log('x')", 'eslint(no-console)'],
  ['everywhere: loose equality', 'agent/#.ts', 'export const x = (y: unknown) => y == 1', 'eslint(eqeqeq)'],
  [
    'everywhere: braces left out over two lines',
    'agent/#.ts',
    'export function x(y: boolean) {\n  if (y)\n    return 1\n  return 2\n}',
    'eslint(curly)',
  ],
  ['everywhere: eval', 'src-renderer/#.ts', "export const x = new Function('return 1')", 'eslint(no-new-func)'],
]

/** What the layers are for: these must stay allowed, or the rules above say nothing. */
const allowed: [file: string, text: string][] = [
  [
    'server/features/#/service.ts',
    "import type { Db } from '#server/db/schema'\nimport * as store from './store.ts'\nexport type X = Db\nexport const x = store",
  ],
  ['server/features/#/store.ts', "import { sql } from 'kysely'\nexport const x = sql"],
  [
    'server/features/#/routes.ts',
    "import type { FastifyInstance } from 'fastify'\nimport type { x } from './service.ts'\nexport type X = [FastifyInstance, typeof x]",
  ],
  ['server/features/#/routes.ts', "import type { Caller } from '#server/http/caller'\nexport type X = Caller"],
  ['src-main/#.ts', "import { startServer } from '#server/start'\nexport const x = startServer"],
]

const run = promisify(execFile)

/** Lints as everyone does, with the house's own configuration. */
async function lint(folder: string, ...flags: string[]): Promise<Finding[]> {
  const program = join(root, 'node_modules', 'oxlint', 'bin', 'oxlint')
  const options = { cwd: folder, maxBuffer: 64 * 1024 * 1024 }
  const { stdout } = await run(process.execPath, [program, '--format=json', ...flags], options).catch(
    // Findings make it end with 1, and are what we want.
    (failed: { stdout: string }) => failed,
  )
  return (JSON.parse(stdout) as { diagnostics: Finding[] }).diagnostics
}

/** An empty house with the same rules, so that nothing is ever planted in the real one. */
function emptyHouse(): string {
  const folder = mkdtempSync(join(tmpdir(), 'shardlyn-canary-'))
  const trees = readdirSync(root).filter((name) => existsSync(join(root, name, 'tsconfig.json')))
  for (const file of [
    'oxlint.config.ts',
    '.gitignore',
    'package.json',
    'tsconfig.base.json',
    ...trees.map((tree) => `${tree}/tsconfig.json`),
  ]) {
    cpSync(join(root, file), join(folder, file))
  }
  cpSync(join(root, 'build', 'lint'), join(folder, 'build', 'lint'), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  // The linter heeds .gitignore, and so leaves node_modules alone, only where there is a repository.
  mkdirSync(join(folder, '.git'))
  return folder
}

// Each in a folder or file of its own, so that no two meet.
const cases = planted.map(([zone, file, text, rule], index) => ({
  zone,
  file: file.replace('#', `canary-${index}`),
  text,
  rule,
}))
const legal = allowed.map(([file, text], index) => ({ file: file.replace('#', `legal-${index}`), text }))
const others = cases
  .filter(({ file }) => file.endsWith('/one.ts'))
  .map(({ file }) => ({
    file: join(dirname(file), 'two.ts'),
    text: "import { one } from './one.ts'\nexport const two = (): unknown => one",
  }))
const house = emptyHouse()
let findings: Finding[] = []

beforeAll(async () => {
  for (const { file, text } of [...cases, ...legal, ...others]) {
    mkdirSync(join(house, dirname(file)), { recursive: true })
    writeFileSync(join(house, file), `${text}\n`)
  }
  findings = await lint(house, '--type-aware')
}, 120_000)

afterAll(() => rmSync(house, { recursive: true, force: true }))

test.each(cases)('the linter stops $zone', ({ file, rule }) => {
  expect(findings.filter(({ filename }) => filename === file).map(({ code }) => code)).toContain(rule)
})

test.each(legal)('the linter lets pass what the layers are for: $file', ({ file }) => {
  expect(findings.filter(({ filename }) => filename === file)).toEqual([])
})

// The rest of the rules, with types, is a step of its own in `npm run check`.
test('nobody in the tree imports what is not theirs, or starts a shell', async () => {
  const rules = new Set([imports, 'import(no-cycle)', 'house(no-shell)'])
  const found = (await lint(root)).filter(({ code }) => rules.has(code))

  expect(found.map(({ filename, code, message }) => `${filename}: ${code} ${message}`)).toEqual([])
}, 120_000)
