import { expect, test } from 'vitest'
import { editSource, emptySource, parsePath, readSource, writeSource } from './workload-source.ts'

const source = `# ours
apiVersion: shardlyn/v1
kind: Workload
metadata:
  name: web # the name
spec:
  image: "nginx:1.27"
  ports:
    - name: http
      containerPort: 80
  env:
    MODE: plain
`

test('reads a sound document', () => {
  const read = readSource(source)

  expect(read.problems).toEqual([])
  expect(read.document?.spec.ports?.[0]?.containerPort).toBe(80)
})

test.each([
  ['a wrong value', source.replace('containerPort: 80', 'containerPort: 99999'), 10, 'containerPort: 99999'],
  ['an unknown field', source.replace('image:', 'imagge:'), 7, 'imagge: "nginx:1.27"'],
  ['a value of the wrong kind', source.replace('name: http', 'name: [a]'), 9, 'name: [a]'],
  [
    'a field that is missing, at what should hold it',
    source.replace('  name: web # the name\n', '  description: x\n'),
    4,
    'metadata:',
  ],
])('points at %s', (_, text, line, marked) => {
  const { problems, document } = readSource(text)
  const found = problems.find((problem) => problem.line === line)

  expect(document).toBeNull()
  expect(found && text.slice(found.from, found.to)).toBe(marked)
})

test('points at a mistake of the YAML itself, and has no value for the form', () => {
  const { value, problems } = readSource('a: 1\nb: [1, 2\nc: 3\n')

  expect(value).toBeUndefined()
  expect(problems[0]?.path).toBeNull()
  expect(problems[0]?.line).toBeGreaterThan(1)
})

test.each([
  ['an empty text', ''],
  ['a list', '- a\n'],
  ['two documents', `${source}---\n${source}`],
  ['a bomb of aliases', bomb()],
])('survives %s', (_, text) => {
  expect(readSource(text).document).toBeNull()
  expect(readSource(text).problems.length).toBeGreaterThan(0)
})

test('reads JSON as well', () => {
  expect(readSource(JSON.stringify(readSource(source).value)).problems).toEqual([])
})

test('changes one field and keeps comments, order and quotes', () => {
  const edited = editSource(editSource(source, ['spec', 'image'], 'nginx:1.28'), ['metadata', 'name'], 'site')

  expect(edited).toBe(source.replace('nginx:1.27', 'nginx:1.28').replace('name: web', 'name: site'))
})

test('adds a field, an item and a group that was not there', () => {
  let text = editSource(source, ['metadata', 'description'], 'A web server')
  text = editSource(text, ['spec', 'ports', 1], { name: 'https', containerPort: 443 })
  text = editSource(text, ['spec', 'resources', 'limits', 'memory'], '1Gi')

  expect(readSource(text)).toMatchObject({
    problems: [],
    document: {
      metadata: { description: 'A web server' },
      spec: { ports: [{}, { name: 'https' }], resources: { limits: { memory: '1Gi' } } },
    },
  })
})

test('fills a group that was written without anything in it', () => {
  expect(readSource(editSource('metadata:\nspec:\n', ['metadata', 'name'], 'a')).value).toEqual({
    metadata: { name: 'a' },
    spec: null,
  })
})

test('taking a field away takes the groups that it leaves empty', () => {
  const with_ = editSource(source, ['spec', 'resources', 'limits', 'memory'], '1Gi')

  expect(editSource(with_, ['spec', 'resources', 'limits', 'memory'], undefined)).toBe(source)
  expect(readSource(editSource(source, ['spec', 'ports', 0], undefined)).value).not.toHaveProperty('spec.ports')
})

test('a script becomes a block, and stays readable when it changes', () => {
  const text = editSource(source, ['spec', 'install', 'script'], 'set -e\necho hi\n')

  expect(text).toContain('    script: |\n      set -e\n      echo hi\n')
  expect(editSource(text, ['spec', 'install', 'script'], 'set -e\necho ho\n')).toContain(
    '    script: |\n      set -e\n      echo ho\n',
  )
})

test('a text that is not YAML is left alone', () => {
  expect(editSource('a: [', ['a'], 1)).toBe('a: [')
})

test('reads the paths that the contract writes', () => {
  expect(parsePath('spec.ports[0].name')).toEqual(['spec', 'ports', 0, 'name'])
  expect(parsePath('metadata.labels["a.b/\\"c"]')).toEqual(['metadata', 'labels', 'a.b/"c'])
  expect(parsePath('')).toEqual([])
})

test('writes a document that reads the same', () => {
  const { document } = readSource(source)
  expect(readSource(writeSource(document)).document).toEqual(document)
  expect(readSource(emptySource('docker')).problems.length).toBeGreaterThan(0)
})

function bomb(): string {
  const levels = 'bcdefgh'
    .split('')
    .map((name, at) => `${name}: &${name} [${Array.from({ length: 9 }, () => `*${'abcdefgh'[at]}`).join(', ')}]`)
  return `a: &a [x, x]\n${levels.join('\n')}\n`
}
