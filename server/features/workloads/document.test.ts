import { expect, test } from 'vitest'
import { fileName, freeName, readDocument } from './document.ts'
import { iconOf } from './icon.ts'

test.each([
  ['Paper', [], 'Paper'],
  ['Paper', ['Paper'], 'Paper 2'],
  ['Paper', ['Paper', 'Paper 2', 'Paper 4'], 'Paper 3'],
  ['x'.repeat(63), ['x'.repeat(63)], `${'x'.repeat(61)} 2`],
  ['🎮'.repeat(31), ['🎮'.repeat(31)], `${'🎮'.repeat(30)} 2`],
])('beside taken names, %s becomes a free one', (wanted, taken, expected) => {
  expect(freeName(wanted, taken)).toBe(expected)
})

test.each([
  ['Minecraft Paper', 'minecraft-paper.yaml'],
  ['São Paulo', 'sao-paulo.yaml'],
  ['../../etc/passwd', 'etc-passwd.yaml'],
  ['a"; filename="b.exe', 'a-filename-b.exe.yaml'],
  ['日本語', 'workload.yaml'],
  ['CON', 'workload-con.yaml'],
  ['a\u202eb', 'a-b.yaml'],
])('%s is exported as %s', (name, expected) => {
  expect(fileName(name, 'yaml')).toBe(expected)
})

test('a mistake in a text is told with its line', () => {
  const source =
    'apiVersion: shardlyn/v1\nkind: Workload\nmetadata: { name: a }\nspec:\n  image: nginx\n  ports:\n    - name: web\n      containerPort: 0\n'
  expect(() => readDocument({ source })).toThrow(
    expect.objectContaining({
      status: 400,
      code: 'invalid_workload',
      message: 'spec.ports[0].containerPort must be a whole number from 1 to 65535, but is 0 (line 8).',
      details: [
        { path: 'spec.ports[0].containerPort', message: 'must be a whole number from 1 to 65535, but is 0 (line 8)' },
      ],
    }),
  )
})

test.each([
  [{ image: 'docker.io/itzg/minecraft-server:latest' }, 'minecraft'],
  [{ image: 'itzg/minecraft-bedrock-server' }, 'bedrock'],
  [{ image: 'POSTGRES:18' }, 'postgres'],
  [{ image: 'postgres:18', icon: 'openttd' }, 'openttd'],
  [{ image: 'busybox' }, 'server'],
  [{ runtime: 'process', command: ['x'] }, 'process'],
] as const)('the icon of %o is %s', (spec, icon) => {
  const { image, ...rest } = { image: undefined, ...spec }
  const document = readDocument({
    document: { apiVersion: 'shardlyn/v1', kind: 'Workload', metadata: { name: 'a' }, spec: { image, ...rest } },
  })
  expect(iconOf(document)).toBe(icon)
})
