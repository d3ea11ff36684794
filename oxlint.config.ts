import { defineConfig, type OxlintOverride } from 'oxlint'

// Who may import whom. Where two entries match a file the later one replaces the earlier, so each names all that it forbids.

type Pattern = { regex?: string; group?: string[]; message: string; allowTypeImports?: boolean }

const noShell = ['node:child_process', 'child_process'].map((name) => ({
  name,
  importNames: ['exec', 'execSync'],
  message: 'Use spawn or execFile with an argv array: no shell.',
}))

const zone = (files: string[], patterns: Pattern[]): OxlintOverride => ({
  files,
  rules: { 'no-restricted-imports': ['error', { paths: noShell, patterns }] },
})

const trees = ['contract', 'server', 'agent', 'cli', 'src-main', 'src-preload', 'src-renderer', 'build', 'bench', 'e2e']

/** Climbing out of one's own tree by a relative path; `#contract/x` and its like are the doors. */
const outOf = (tree: string): Pattern => ({
  regex: `^(\\.\\./)+(${trees.filter((other) => other !== tree).join('|')})/`,
  message: 'A relative path stays in its own tree.',
})
const only = (message: string, ...allowed: string[]): Pattern => ({
  group: ['*', ...allowed.map((name) => `!${name}`)],
  message,
})

const noElectron = { regex: '^electron', message: 'Only the desktop shell knows Electron.' }
const noRenderer = { regex: '^(#renderer/|react($|[-/])|@tanstack/)', message: 'Only the dashboard knows React.' }
const noAgent = {
  regex: '^(#agent/|dockerode$|node-pty$)',
  message: 'The control plane reaches a machine through its tunnel.',
}
const noServer = {
  regex: '^(#server/|fastify$|@fastify/|kysely|better-sqlite3)',
  message: 'The control plane is on the other end of a wire.',
}
const noSql = { regex: '^(kysely|better-sqlite3)', message: 'Only store.ts builds SQL.' }
const noFastify = { regex: '^(fastify$|@fastify/)', message: 'Only routes.ts knows Fastify.' }
const noFeatures = {
  regex: '^(#server/|(\\.\\.?/)+)features/',
  message: 'Features are wired in server/compose; nothing below them knows them.',
}
const notSideways = {
  regex: '^(#server/features/|(\\.\\./)+[^./][^/]*/)',
  message: 'Features meet in server/compose, not in each other.',
}
const notUpwards = (...layers: string[]): Pattern => ({
  regex: `^(\\.\\.?/)+(${layers.join('|')})\\.ts$`,
  message: 'Routes call the service, the service calls the store: never upwards, and no layer is skipped.',
})
const noRoot = {
  regex: '^#server/(app|start|main|compose/.*)$',
  message: 'The composition root knows the features, not the other way round.',
}

const server = [noElectron, noRenderer, noAgent, outOf('server')]
const feature = [...server, notSideways, noRoot]

export default defineConfig({
  plugins: ['typescript', 'import', 'unicorn', 'oxc', 'react', 'jsx-a11y', 'vitest'],
  jsPlugins: ['./build/lint/no-shell.mjs'],
  categories: { correctness: 'error' },
  ignorePatterns: ['out/**', 'dist/**', 'coverage/**', 'test-results/**', 'playwright-report/**', 'resources/**'],
  options: { reportUnusedDisableDirectives: 'error' },
  rules: {
    curly: ['error', 'multi-line'],
    eqeqeq: 'error',
    'no-console': 'error',
    'no-restricted-imports': ['error', { paths: noShell }],
    'no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_' }],
    'no-eval': 'error',
    'no-new-func': 'error',
    'house/no-shell': 'error',
    'import/no-cycle': 'error',
    'import/no-default-export': 'error',
    'typescript/consistent-type-imports': 'error',
    'typescript/no-explicit-any': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    'typescript/ban-ts-comment': 'error',
    // Off: services are object literals without `this`, unknown values are printed with care, and `toThrow()` may stand alone.
    'typescript/unbound-method': 'off',
    'typescript/no-base-to-string': 'off',
    'vitest/require-to-throw-message': 'off',
    'vitest/require-mock-type-parameters': 'off',
    'unicorn/filename-case': ['error', { case: 'kebabCase' }],
    'unicorn/prefer-node-protocol': 'error',
  },
  overrides: [
    zone(['contract/**'], [only('The contract imports typebox and itself.', 'typebox', 'typebox/**', './**')]),
    zone(['agent/**'], [noElectron, noRenderer, noServer, outOf('agent')]),
    zone(
      ['cli/**'],
      [only('The command line knows the contract and Node.', 'node:*', 'node:*/**', 'ws', '#contract/**', './**')],
    ),
    zone(['server/**'], [...server, noSql, noFastify, noFeatures]),
    zone(['server/{app,start}.ts', 'server/compose/**'], [...server, noSql]),
    zone(['server/http/**', 'server/tunnel/**'], [...server, noSql, noFeatures]),
    zone(['server/db/**', 'server/**/store.ts'], [...server, noFastify, { ...noFeatures, allowTypeImports: true }]),
    zone(['server/features/**'], [...feature, noSql, noFastify, notUpwards('routes')]),
    zone(['server/features/**/service.ts'], [...feature, noSql, noFastify, notUpwards('routes')]),
    zone(['server/features/**/store.ts'], [...feature, noFastify, notUpwards('routes', 'service')]),
    zone(
      ['server/features/**/routes.ts'],
      [...feature, noSql, notUpwards('store'), { regex: '^#server/db/', message: 'Routes ask the service.' }],
    ),
    zone(
      ['src-main/**'],
      [
        only(
          'The desktop shell starts the control plane and knows nothing else of it.',
          'electron',
          'electron-updater',
          'keytar',
          'node:*',
          'node:*/**',
          'typebox',
          'typebox/**',
          '#contract/**',
          '#server/start',
          '#server/config',
          './**',
        ),
      ],
    ),
    zone(
      ['src-preload/**'],
      [only('The preload knows the contract and Electron.', 'electron', '#contract/**', './**')],
    ),
    zone(
      ['src-renderer/**'],
      [
        noElectron,
        noServer,
        { ...noAgent, message: 'The dashboard knows the contract only.' },
        { regex: '^node:', message: 'There is no Node in a page.' },
        outOf('src-renderer'),
      ],
    ),
    {
      files: ['src-renderer/**'],
      rules: {
        // A list box, a canvas' picture and a group within a form have no tag that does the same.
        'jsx-a11y/prefer-tag-over-role': 'off',
        // Pages and dialogs that ask for one thing put the cursor there.
        'jsx-a11y/no-autofocus': 'off',
        // A table whose rows are walked through and chosen with the keyboard.
        'jsx-a11y/no-noninteractive-element-to-interactive-role': ['error', { table: ['grid'] }],
      },
    },
    // Tests may bring the real other end.
    zone(['{server,agent,cli}/**/*.test.ts', 'cli/testing.ts', 'server/testing/**'], [noElectron, noRenderer]),
    zone(['src-{main,preload,renderer}/**/*.test.{ts,tsx}', 'contract/**/*.test.ts'], []),
    {
      files: [
        '*.config.ts',
        'build/electron-builder.ts',
        'build/lint/**',
        'build/testing/*-reporter.ts',
        'src-renderer/**/*.d.ts',
      ],
      rules: { 'import/no-default-export': 'off' },
    },
    {
      files: ['build/**', 'bench/**', 'e2e/**', 'src-main/log.ts', 'server/log.ts', '**/*.test.ts'],
      rules: { 'no-console': 'off' },
    },
  ],
})
