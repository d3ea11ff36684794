import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkWorkload } from '#contract/workload-check'
import { readSource, writeSource } from './source.ts'

const valueOf = (text: string): unknown => {
  const read = readSource(text)
  if ('problems' in read) throw new Error(JSON.stringify(read.problems))
  return read.value
}
const problemsOf = (text: string) => {
  const read = readSource(text)
  return 'problems' in read ? read.problems : []
}

test('YAML 1.2 and JSON are read: yes is text, true is not, and a date is text', () => {
  expect(valueOf('a: yes\nb: true\nc: 2024-01-01\nd: "8080"\ne: 0x10\nf: |\n  ? x\n  y\n')).toEqual({
    a: 'yes',
    b: true,
    c: '2024-01-01',
    d: '8080',
    e: 16,
    f: '? x\ny\n',
  })
  expect(valueOf('{\n\t"a": ["\\u00e9", 1]\n}')).toEqual({ a: ['é', 1] })
  expect(valueOf('a: &x [1]\nb: *x')).toEqual({ a: [1], b: [1] })
  expect(valueOf('')).toBe(null)
})

test.each([
  ['a key twice', 'a: 1\nb: 2\na: 3', [{ path: 'line 3', message: 'The key a is there twice.' }]],
  [
    'a key twice deep down in JSON',
    '{"a": [{"b": 1,\n"b": 2}]}',
    [{ path: 'line 2', message: 'The key b is there twice.' }],
  ],
  ['a bracket that is not closed', 'a: [1,\nb: 2', [{ path: 'line 2', message: expect.any(String) }]],
  ['two documents', 'a: 1\n---\nb: 2', [{ path: 'line 2', message: expect.stringContaining('multiple documents') }]],
  [
    'a tag of its own',
    'a: 1\nb: !!js/function "x"',
    [{ path: 'line 2', message: 'Unresolved tag: tag:yaml.org,2002:js/function.' }],
  ],
  ['an alias without its anchor', 'a: *x', [{ path: '', message: 'The text has an alias that cannot be followed.' }]],
])('refuses %s and says where', (_, text, problems) => {
  expect(problemsOf(text)).toEqual(expect.arrayContaining(problems))
})

test('the billion laughs are refused', () => {
  const letters = 'bcdefghi'.split('')
  const bomb = [
    'a: &a [x,x,x,x,x,x,x,x,x]',
    ...letters.map(
      (letter, i) =>
        `${letter}: &${letter} [${Array(9)
          .fill(`*${letters[i - 1] ?? 'a'}`)
          .join(',')}]`,
    ),
  ]
  expect(problemsOf(bomb.join('\n'))).toEqual([expect.objectContaining({ message: expect.stringMatching(/alias/) })])
})

test('an alias to itself is answered as a problem of the document', () => {
  expect(checkWorkload(valueOf('spec: &a\n  env: *a'))).toHaveProperty('problems')
})

const N = 500_000
test.each<[string, string]>([
  ['open brackets', '['.repeat(N)],
  ['closed brackets', '['.repeat(N / 2) + ']'.repeat(N / 2)],
  ['open braces', '{'.repeat(N)],
  ['nested pairs', '{a: '.repeat(N / 4)],
  ['dashes', `${'- '.repeat(N / 2)}a`],
  ['question marks', `${'? '.repeat(N / 2)}a`],
  ['anchors', '- &a 1\n'.repeat(N / 7)],
  ['anchors on one thing', '&a '.repeat(N / 3)],
  ['tags', '!a '.repeat(N / 3)],
  ['aliases', '*a\n'.repeat(N / 3)],
  ['commas', `[${','.repeat(N)}]`],
  ['quotes', '"'.repeat(N)],
  ['directives', '%\n'.repeat(N / 2)],
  ['keys', Array.from({ length: 60_000 }, (_, i) => `k${i}: 1`).join('\n')],
  ['the same key', 'a:\n'.repeat(N / 3)],
  ['empty entries', '-\n'.repeat(N / 2)],
  ['documents', '---\n'.repeat(N / 4)],
  ['comments', '# c\n'.repeat(N / 4)],
  ['empty lines', '\n'.repeat(N)],
  ['a quoted text of empty lines', `"${' \n'.repeat(N / 2)}"`],
  ['escapes', `"${'\\x41'.repeat(N / 4)}"`],
  ['pairs in a list', `[${'a: b, '.repeat(N / 6)}]`],
  ['colons', ':'.repeat(N)],
  ['a plain text of many lines', `a: ${'x\n '.repeat(N / 3)}`],
  ['a folded text', `a: >\n${'  x y\n\n'.repeat(N / 8)}`],
  ['ever deeper groups', Array.from({ length: 1000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
  ['single quotes', "'".repeat(N)],
  ['spaces', ' '.repeat(N)],
  ['tabs', '\t'.repeat(N)],
  ['a comment', '#'.repeat(N)],
  ['hash signs', '- x # c\n'.repeat(N / 8)],
])('half a megabyte of %s is answered within two seconds', (_, text) => {
  const started = Date.now()
  const read = readSource(text)
  if ('value' in read) checkWorkload(read.value)
  expect(Date.now() - started).toBeLessThan(2000)
})

test('reads any text or says what is wrong with it', () => {
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.constantFrom(
          'a',
          ' ',
          '\n',
          ':',
          '-',
          '?',
          '[',
          ']',
          '{',
          '}',
          ',',
          '"',
          "'",
          '|',
          '>',
          '&',
          '*',
          '!',
          '#',
          '%',
          '<<',
        ),
        maxLength: 25,
      }),
      (text) => {
        const read = readSource(text)
        expect('value' in read || read.problems.length > 0).toBe(true)
      },
    ),
    { numRuns: 2000 },
  )
})

test('a field is found on its line, and what is missing on the line of its group', () => {
  const read = readSource(
    'kind: Workload\nspec:\n  image: x\n  ports:\n    - name: a\n      containerPort: 1\n    - name: b\n  env: { "A B": 1 }\n',
  )
  const lineOf = 'lineOf' in read ? read.lineOf : () => undefined
  expect(
    ['kind', 'spec.image', 'spec.ports[1].name', 'spec.ports[1].containerPort', 'spec.env["A B"]', 'metadata'].map(
      lineOf,
    ),
  ).toEqual([1, 3, 7, 7, 8, 1])
})

test('a document that is written and read again is the same, whatever its texts', () => {
  const odd = fc.constantFrom(
    'yes',
    'null',
    '~',
    '1e3',
    '0x10',
    '# no comment',
    'a: b',
    '- a',
    ' x',
    'x ',
    '\n',
    '\r\n',
    'a\r\nb\n',
    '\tx',
    '{{A}}',
    '&a',
    '*a',
    '!a',
    '%',
    '@',
    '`',
    '"',
    "'",
    '\u2028',
    '\ufeff',
    '\u0085',
    'a\n\n  b\n',
    '---',
    '...',
    '=',
    '<<',
    '|',
    '>',
  )
  const text = fc.oneof(
    odd,
    fc.string({ unit: 'binary' }),
    fc.array(odd).map((parts) => parts.join('\n')),
  )
  fc.assert(
    fc.property(text, text, text, fc.constantFrom('yaml', 'json'), (a, b, c, format) => {
      const checked = checkWorkload({
        apiVersion: 'shardlyn/v1',
        kind: 'Workload',
        metadata: { name: 'a', description: a, annotations: { 'x/y': b } },
        spec: {
          image: 'i',
          env: { A: a },
          args: [b, c],
          configFiles: [{ path: 'a', content: c }],
          install: { script: b },
        },
      })
      const document = 'document' in checked ? checked.document : undefined
      expect(document && valueOf(writeSource(document, format))).toEqual(document)
    }),
    { numRuns: 1500 },
  )
})

test('the examples in docs/workload.md are documents', () => {
  const text = readFileSync(new URL('../../../docs/workload.md', import.meta.url), 'utf8')
  const examples = Array.from(text.matchAll(/```yaml\n([^]*?)```/g), ([, example]) => example ?? '')
  expect(examples.map((example) => checkWorkload(valueOf(example)))).toEqual(
    Array(2).fill({ document: expect.anything() }),
  )
})
