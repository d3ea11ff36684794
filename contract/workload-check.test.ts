import fc from 'fast-check'
import { Check } from 'typebox/value'
import { expect, test } from 'vitest'
import type { FieldProblem } from './problems.ts'
import { checkWorkload, formatMemory, parseCpu, parseMemory, patternWords } from './workload-check.ts'
import { WorkloadDocument } from './workload.ts'

const document = (spec: Record<string, unknown> = {}, metadata: Record<string, unknown> = {}) => ({
  apiVersion: 'shardlyn/v1',
  kind: 'Workload',
  metadata: { name: 'a', ...metadata },
  spec: { image: 'nginx', ...spec },
})

const problemsOf = (value: unknown): FieldProblem[] => {
  const checked = checkWorkload(value)
  return 'problems' in checked ? checked.problems : []
}
const said = (value: unknown) => problemsOf(value).map(({ path, message }) => `${path}: ${message}`)

const full = document({
  runtime: 'docker',
  args: ['--port', '{{port.game}}', '--name={{ instance.name }}'],
  env: { MEMORY: '{{limits.memoryMb}}M', NOTE: 'a Go template stays: {{ .Name }}' },
  ports: [
    { name: 'game', containerPort: 25565, alsoUdp: true, primary: true },
    { name: 'rcon', containerPort: 25575, protocol: 'TCP' },
  ],
  volumes: [{ name: 'data', mountPath: '/data' }],
  resources: { requests: { cpu: '500m', memory: '1Gi' }, limits: { cpu: '2', memory: '2Gi' } },
  variables: [{ name: 'Players', env: 'MAX_PLAYERS', default: '20', rules: { type: 'integer', min: 1, max: 100 } }],
  configFiles: [{ path: 'conf/server.cfg', content: 'max={{MAX_PLAYERS}}' }],
  ready: { regex: 'Done \\(\\d+(\\.\\d+)?s\\)!', port: 'game' },
  stop: { command: 'stop', signal: 'SIGTERM' },
})

test('a good document is answered as it was written, with its fields in the order of the schema', () => {
  const { metadata, ...rest } = full
  const checked = checkWorkload({ spec: rest.spec, metadata, kind: rest.kind, apiVersion: rest.apiVersion })
  expect(checked).toEqual({ document: full })
  expect(Object.keys('document' in checked ? checked.document : {})).toEqual(['apiVersion', 'kind', 'metadata', 'spec'])
})

test.each<[string, unknown, string[]]>([
  ['no document', 'hello', [': must be a group of fields, but is text']],
  ['an empty one', {}, ['apiVersion: is missing', 'kind: is missing', 'metadata: is missing', 'spec: is missing']],
  ['another version', { ...document(), apiVersion: 'v1' }, ['apiVersion: must be shardlyn/v1']],
  [
    'a port out of range',
    document({ ports: [{ name: 'a', containerPort: 70000 }] }),
    ['spec.ports[0].containerPort: must be a whole number from 1 to 65535, but is 70000'],
  ],
  [
    'a port as text',
    document({ ports: [{ name: 'a', containerPort: '80' }] }),
    ['spec.ports[0].containerPort: must be a whole number from 1 to 65535, but is text'],
  ],
  [
    'a slip of the pen',
    document({ restartpolicy: 'always' }),
    ['spec.restartpolicy: is not a known field; did you mean restartPolicy?'],
  ],
  ['an unknown field', document({ privileged: true }), ['spec.privileged: is not a known field']],
  [
    'a number in the environment',
    document({ env: { EULA: true } }),
    ['spec.env.EULA: must be text (it is true; write it in quotes)'],
  ],
  [
    'a bad environment name',
    document({ env: { 'A B': '1' } }),
    ['spec.env["A B"]: must have a name of letters, digits and underscores, 101 at most, no digit first'],
  ],
  [
    'a poisoned name',
    document({}, { labels: JSON.parse('{"__proto__":"x"}') }),
    ['metadata.labels.__proto__: must have another name; this one is reserved'],
  ],
  ['a NUL', document({ args: ['a\0b'] }), ['spec.args[0]: must be readable text: it holds a character that is none']],
  [
    'half a character',
    document({ args: ['\ud800'] }),
    ['spec.args[0]: must be readable text: it holds a character that is none'],
  ],
  [
    'docker without an image',
    { ...document(), spec: {} },
    ['spec.image: is missing; the docker runtime needs an image'],
  ],
  [
    'a process without a program',
    document({ runtime: 'process' }),
    ['spec.command: is missing; the process runtime needs the program to run'],
  ],
  [
    'a process with volumes',
    document({ runtime: 'process', command: ['a'], volumes: [{ name: 'a', mountPath: '/a' }] }),
    ['spec.volumes: belong to the docker runtime; a process keeps its files in its data folder'],
  ],
  [
    'a process that works outside',
    document({ runtime: 'process', command: ['a'], workingDir: '../b' }),
    ['spec.workingDir: must not hold an empty name, . or ..'],
  ],
  [
    'a port name twice',
    document({
      ports: [
        { name: 'a', containerPort: 1 },
        { name: 'a', containerPort: 2 },
      ],
    }),
    ['spec.ports[1].name: is the same as that of spec.ports[0]'],
  ],
  [
    'a port twice',
    document({
      ports: [
        { name: 'a', containerPort: 1, alsoUdp: true },
        { name: 'b', containerPort: 1, protocol: 'UDP' },
      ],
    }),
    ['spec.ports[1].containerPort: is the same UDP port as that of spec.ports[0]'],
  ],
  [
    'a fixed port twice',
    document({
      ports: [
        { name: 'a', containerPort: 1, hostPort: 9 },
        { name: 'b', containerPort: 2, hostPort: 9 },
      ],
    }),
    ['spec.ports[1].hostPort: is the same TCP port as that of spec.ports[0]'],
  ],
  [
    'two primary ports',
    document({
      ports: [
        { name: 'a', containerPort: 1, primary: true },
        { name: 'b', containerPort: 2, primary: true },
      ],
    }),
    ['spec.ports[1].primary: is set at spec.ports[0] already; only one port can be'],
  ],
  [
    'UDP that is also UDP',
    document({ ports: [{ name: 'a', containerPort: 1, protocol: 'UDP', alsoUdp: true }] }),
    ['spec.ports[0].alsoUdp: is for TCP ports; this one is UDP'],
  ],
  [
    'a volume name twice',
    document({
      volumes: [
        { name: 'a', mountPath: '/a' },
        { name: 'a', mountPath: '/b' },
      ],
    }),
    ['spec.volumes[1].name: is the same as that of spec.volumes[0]'],
  ],
  [
    'a mount path twice',
    document({
      volumes: [
        { name: 'a', mountPath: '/a' },
        { name: 'b', mountPath: '/a/' },
      ],
    }),
    ['spec.volumes[1].mountPath: is the same as that of spec.volumes[0]'],
  ],
  [
    'a mount path that climbs',
    document({ volumes: [{ name: 'a', mountPath: '/a/../etc' }] }),
    ['spec.volumes[0].mountPath: must not hold . or ..'],
  ],
  [
    'a mount on the root',
    document({ volumes: [{ name: 'a', mountPath: '//' }] }),
    ['spec.volumes[0].mountPath: must not be the root of the container'],
  ],
  [
    'requests above limits',
    document({ resources: { requests: { cpu: '2', memory: '2G' }, limits: { cpu: '1500m', memory: '1Gi' } } }),
    [
      'spec.resources.requests.cpu: must not be more than the limit of 1500m',
      'spec.resources.requests.memory: must not be more than the limit of 1Gi',
    ],
  ],
  [
    'hardly any memory',
    document({ resources: { limits: { memory: '5Mi', cpu: '1m' } } }),
    [
      'spec.resources.limits.cpu: must be from 50m to 512',
      'spec.resources.limits.memory: must be at least 6Mi, and no more than a machine can have',
    ],
  ],
  [
    'a variable twice',
    document({
      variables: [
        { name: 'a', env: 'A' },
        { name: 'b', env: 'A' },
      ],
    }),
    ['spec.variables[1].env: is the same as that of spec.variables[0]'],
  ],
  [
    'a variable that is in env',
    document({ env: { A: '1' }, variables: [{ name: 'a', env: 'A' }] }),
    ['spec.variables[0].env: is set in spec.env too; keep one of them'],
  ],
  [
    'a default outside its rules',
    document({ variables: [{ name: 'a', env: 'A', default: '9', rules: { type: 'integer', max: 5 } }] }),
    ['spec.variables[0].default: breaks its own rules: must be a whole number of at most 5'],
  ],
  [
    'an option outside its rules',
    document({ variables: [{ name: 'a', env: 'A', rules: { type: 'integer', options: ['1', 'b'] } }] }),
    ['spec.variables[0].rules.options[1]: must be a whole number'],
  ],
  [
    'a least above the greatest',
    document({ variables: [{ name: 'a', env: 'A', rules: { min: 3, max: 2 } }] }),
    ['spec.variables[0].rules.min: must not be more than max'],
  ],
  [
    'a dangerous pattern',
    document({ variables: [{ name: 'a', env: 'A', rules: { pattern: '(a+)+' } }] }),
    [
      'spec.variables[0].rules.pattern: repeats a group that holds a repetition or alternatives, which can take for ever on some texts',
    ],
  ],
  [
    'a fixed variable that nobody can fill in',
    document({ variables: [{ name: 'a', env: 'A', userEditable: false, rules: { required: true } }] }),
    ['spec.variables[0].default: is missing; nobody could fill this in'],
  ],
  [
    'a config file outside',
    document({
      configFiles: [
        { path: '/etc/passwd', content: '' },
        { path: 'a/../../b', content: '' },
        { path: 'C:\\x', content: '' },
      ],
    }),
    [
      'spec.configFiles[0].path: must be a path below the data folder, without a slash at its beginning',
      'spec.configFiles[1].path: must not hold an empty name, . or ..',
      'spec.configFiles[2].path: must not hold a backslash, colon or control character',
    ],
  ],
  [
    'a config file twice',
    document({
      configFiles: [
        { path: 'A', content: '' },
        { path: 'a', content: '' },
      ],
    }),
    ['spec.configFiles[1].path: is the same as that of spec.configFiles[0]'],
  ],
  [
    'an unknown ready port',
    document({ ports: [{ name: 'web', containerPort: 80 }], ready: { port: 'game' } }),
    ['spec.ready.port: must be the name of a port: web'],
  ],
  [
    'a UDP ready port',
    document({ ports: [{ name: 'web', containerPort: 80, protocol: 'UDP' }], ready: { port: 'web' } }),
    ['spec.ready.port: must be a TCP port; nobody answers on a UDP port'],
  ],
  ['a bad ready pattern', document({ ready: { regex: '(' } }), ['spec.ready.regex: has a ( that is not closed']],
  [
    'a stop command of two lines',
    document({ stop: { command: 'save\nquit' } }),
    ['spec.stop.command: must be a single line'],
  ],
  [
    'an unknown placeholder',
    document({ args: ['{{MAX_PLAYER}}', '{{port.web}}'], variables: [{ name: 'a', env: 'MAX_PLAYERS' }] }),
    [
      'spec.args[0]: uses {{MAX_PLAYER}}, which is not known; did you mean {{MAX_PLAYERS}}?',
      'spec.args[1]: uses {{port.web}}, which is not known; it takes variables, port.NAME, limits.memoryMb and instance.name',
    ],
  ],
  [
    'memory without a limit',
    document({ env: { M: '{{limits.memoryMb}}' } }),
    ['spec.env.M: uses {{limits.memoryMb}}, so spec.resources.limits.memory must say how much that is'],
  ],
  [
    'a name with a space at its end',
    document({}, { name: 'a ' }),
    ['metadata.name: must not begin or end with a space'],
  ],
])('refuses %s', (_, value, expected) => {
  expect(said(value)).toEqual(expected)
})

test('mistakes of all parts are told at once, and a broken part is not judged twice', () => {
  const problems = said(
    document(
      { ports: 'none', ready: { port: 'game' }, args: ['{{port.game}}', '{{NOPE}}'], stopTimeout: 0, image: undefined },
      { name: '' },
    ),
  )
  expect(problems).toEqual([
    'metadata.name: must not be empty',
    'spec.ports: must be a list, but is text',
    'spec.stopTimeout: must be a whole number from 1 to 3600, but is 0',
    'spec.image: is missing; the docker runtime needs an image',
    'spec.args[1]: uses {{NOPE}}, which is not known; it takes variables, port.NAME, limits.memoryMb and instance.name',
  ])
})

test('there are never more than a hundred, and a huge document is refused quickly', () => {
  const many = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`f${i}`, 1]))
  expect(problemsOf({ ...document(), ...many })).toHaveLength(100)
  expect(said(document({ args: Array.from({ length: 1_000_000 }, () => 1) }))).toEqual([
    'spec.args: must have at most 200 entries, and has 1000000',
  ])
})

test('a document that holds itself, or is as deep as can be, is refused and not followed', () => {
  const loop: Record<string, unknown> = document()
  loop['spec'] = loop
  expect(problemsOf(loop).length).toBeGreaterThan(0)
  let deep: unknown = 1
  for (let i = 0; i < 100_000; i++) deep = [deep]
  expect(said(document({ args: deep }))).toEqual(['spec.args[0]: must be text, but is a list'])
})

test('never throws, whatever the document, and says why wherever TypeBox would refuse it', () => {
  const anything = fc.oneof(fc.jsonValue(), fc.anything({ withNullPrototype: true }))
  const keys = fc.constantFrom(
    ...Object.keys(full.spec),
    ...Object.keys(WorkloadDocument.properties.spec.properties),
    'x',
    '__proto__',
  )
  const spec = fc
    .tuple(fc.dictionary(keys, anything, { maxKeys: 3 }), fc.boolean())
    .map(([odd, keep]) => ({ ...(keep && full.spec), ...odd }))
  const candidate = fc.oneof(
    anything,
    fc.record({
      apiVersion: fc.constant('shardlyn/v1'),
      kind: fc.constant('Workload'),
      metadata: fc.oneof(fc.constant({ name: 'a' }), anything),
      spec,
    }),
  )
  fc.assert(
    fc.property(candidate, (value) => {
      const checked = checkWorkload(value)
      const isRight = 'problems' in checked ? checked.problems.length > 0 : Check(WorkloadDocument, checked.document)
      expect(isRight).toBe(true)
    }),
    { numRuns: 2000 },
  )
})

test('every pattern of the schema has words', () => {
  const patterns: string[] = []
  JSON.stringify(WorkloadDocument, (key, value: unknown) => {
    if (key === 'pattern' && typeof value === 'string') patterns.push(value)
    if (key === 'patternProperties') patterns.push(...Object.keys(value as object).map((name) => `name ${name}`))
    return value
  })
  expect(patterns.filter((pattern) => !(pattern in patternWords))).toEqual([])
})

test('amounts are read and written', () => {
  expect(['500m', '0.5', '2', 'x', '-1', ''].map(parseCpu)).toEqual([0.5, 0.5, 2, null, null, null])
  expect(['512Mi', '1.5Gi', '4G', '64', '1Ti', '99999999999G', ''].map(parseMemory)).toEqual([
    536870912,
    1610612736,
    4e9,
    64,
    null,
    null,
    null,
  ])
  expect([536870912, 1610612736, 2 ** 31, 1000, 0].map(formatMemory)).toEqual(['512Mi', '1536Mi', '2Gi', '1000', '0'])
  fc.assert(fc.property(fc.nat({ max: 2 ** 50 }), (bytes) => parseMemory(formatMemory(bytes)) === bytes))
})
