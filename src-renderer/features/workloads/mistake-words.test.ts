import { beforeAll, expect, test } from 'vitest'
import { checkWorkload } from '#contract/workload-check'
import { chooseLanguage, loadWords, startI18n, t } from '../../lib/i18n.ts'
import { mistakeWords } from './mistake-words.ts'

beforeAll(async () => {
  startI18n()
  await loadWords('workloads')
})

const base = { apiVersion: 'shardlyn/v1', kind: 'Workload', metadata: { name: 'a' } }
const spec = (fields: object) => ({ ...base, spec: { image: 'nginx', ...fields } })
const variable = (fields: object) => spec({ variables: [{ name: 'V', env: 'V', ...fields }] })

/** Documents with about every mistake that one can make. */
const documents: unknown[] = [
  null,
  [],
  { apiVersion: 'v2', kind: 'Pod', metadata: { name: '' }, spec: 5 },
  { ...base, metadata: { name: ' a ', labels: { '': 'x' }, category: 'X', description: 4, other: 1 }, spec: {} },
  { ...base, metadata: { name: 'a\u0007', labels: [], annotations: { __proto__x: 5 } }, spec: { image: '-x' } },
  spec({ imagge: 'x', runtime: 'vm', icon: 'A', user: '$', env: { '1x': 'y', A: true } }),
  spec({ ports: [{ name: 'A', containerPort: 0 }, { name: 'b', containerPort: 1.5, primary: 'yes' }, 'x'] }),
  spec({
    ports: [
      { name: 'a', containerPort: 1, hostPort: 5, primary: true },
      { name: 'a', containerPort: 1, hostPort: 5, primary: true },
      { name: 'u', containerPort: 2, protocol: 'UDP', alsoUdp: true },
    ],
    ready: { port: 'u' },
  }),
  spec({ ready: { port: 'zzz', log: '', regex: '(a+)+' }, stop: { command: ' ' } }),
  spec({ ports: [{ name: 'a', containerPort: 1 }], ready: { port: 'b' }, stop: { command: 'a\nb', signal: 'X' } }),
  spec({
    volumes: [
      { name: 'a', mountPath: '/' },
      { name: 'a', mountPath: '/a/../b:c' },
      { name: 'c', mountPath: 'x' },
    ],
  }),
  spec({ resources: { limits: { cpu: '0', memory: '1Ki' }, requests: { cpu: 'two', memory: 'much' } } }),
  spec({ resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '2', memory: '2Gi' } } }),
  spec({ args: ['{{NOPE}}', '{{limits.memoryMb}}', '{{MOD}}'], variables: [{ name: 'M', env: 'MODE' }] }),
  spec({
    env: { A: '1' },
    variables: [
      { name: 'A', env: 'A' },
      { name: 'A', env: 'A' },
      { name: '', env: 'bad' },
    ],
  }),
  spec({
    configFiles: [
      { path: '/etc', content: '' },
      { path: '../x', content: '' },
      { path: 'a:b', content: '' },
    ],
  }),
  spec({ workingDir: 'data', command: [''], restartPolicy: 'often', stopTimeout: 0 }),
  {
    ...base,
    spec: { runtime: 'process', volumes: [{ name: 'a', mountPath: '/a' }], install: { image: 'x', script: 'y' } },
  },
  variable({ default: 'x', rules: { type: 'integer', min: 5, max: 1 } }),
  variable({ default: 'x', rules: { type: 'integer', min: 1, max: 5 } }),
  variable({ default: 'x', rules: { type: 'integer', min: 1 } }),
  variable({ default: 'x', rules: { type: 'integer', max: 1 } }),
  variable({ default: 'x', rules: { type: 'integer' } }),
  variable({ default: 'x', rules: { min: 2 } }),
  variable({ default: 'xxx', rules: { max: 1 } }),
  variable({ default: 'x', rules: { type: 'boolean' } }),
  variable({ default: 'x\ny' }),
  variable({ default: 'x', rules: { pattern: '[0-9]' } }),
  variable({ rules: { type: 'boolean', min: 1 } }),
  variable({ rules: { options: [] } }),
  variable({ default: 'c', rules: { options: ['a', 'b'] } }),
  variable({ rules: { options: ['', 'a', 'a'] } }),
  variable({ rules: { required: true }, userEditable: false }),
]
const messages = documents.flatMap((document) => {
  const checked = checkWorkload(document)
  return 'problems' in checked ? checked.problems.map(({ message }) => message) : []
})

/** Why a pattern cannot be used is said in the words of the one who reads patterns. */
const isOfPatterns = (message: string) => /^(?:is no pattern|has|repeats|looks)\b/.test(message)

test('there is much that can be wrong', () => {
  expect(new Set(messages).size).toBeGreaterThan(50)
})

test('in English every mistake reads as the contract says it', () => {
  chooseLanguage('en')
  const uneven = messages.filter((message) => mistakeWords(message, t) !== message && !message.startsWith('uses {{'))
  expect([...new Set(uneven)]).toEqual([])
})

test('in Portuguese no mistake is left in English', () => {
  chooseLanguage('pt-BR')
  const left = messages.filter((message) => mistakeWords(message, t) === message && !isOfPatterns(message))
  const half = messages.filter((message) => /\b(?:must|is missing|belongs?|whole)\b/.test(mistakeWords(message, t)))
  expect([...new Set([...left, ...half])]).toEqual([])
  expect(mistakeWords('must be a whole number from 1 to 5, but is text', t)).toBe(
    'precisa ser um número inteiro de 1 a 5, mas é texto',
  )
})
