import fc from 'fast-check'
import { Check } from 'typebox/value'
import { expect, test } from 'vitest'
import { InstanceSpec } from './agent.ts'
import { type ResolveInput, resolveInstance } from './resolve.ts'
import type { WorkloadDocument } from './workload.ts'

const id = '01890a5d-ac96-774b-bcce-b302099a8057'
const documentOf = (spec: WorkloadDocument['spec']): WorkloadDocument => ({
  apiVersion: 'shardlyn/v1',
  kind: 'Workload',
  metadata: { name: 'w' },
  spec,
})
const resolve = (spec: WorkloadDocument['spec'], instance: Partial<ResolveInput['instance']> = {}) =>
  resolveInstance({
    document: documentOf(spec),
    instance: { id, generation: 3, name: 'my server', ports: [], variables: {}, env: {}, limits: {}, ...instance },
    initial_power: 'running',
  })
const gamePorts = (['tcp', 'udp'] as const).map((protocol) => ({
  name: 'game',
  container_port: 3979,
  host_port: 25001,
  protocol,
}))

test('the least document gets every default', () => {
  expect(resolve({ image: 'nginx' })).toEqual({
    id,
    generation: 3,
    name: 'my server',
    runtime: 'docker',
    image: 'nginx',
    command: [],
    args: [],
    env: {},
    secret_env: [],
    working_dir: null,
    user: null,
    ports: [],
    volumes: [],
    limits: { cpu: null, memory_bytes: null, pids: 512 },
    restart_policy: 'on-failure',
    stop: { command: null, signal: 'SIGTERM', timeout_seconds: 30 },
    ready: { log: null, regex: null, port: null, timeout_seconds: 300 },
    install: null,
    config_files: [],
    healthcheck: null,
    initial_power: 'running',
  })
})

test.each([
  ['docker', '3979'],
  ['process', '25001'],
] as const)('a port in a %s workload is %s', (runtime, port) => {
  const spec = resolve(
    {
      runtime,
      image: 'i',
      command: ['server'],
      args: ['-p', '{{port.game}}'],
      ports: [{ name: 'game', containerPort: 3979, alsoUdp: true }],
      ready: { port: 'game' },
    },
    { ports: gamePorts },
  )
  expect([spec.args, spec.ready.port, spec.image]).toEqual([['-p', port], 25001, runtime === 'docker' ? 'i' : null])
})

test('every text that takes placeholders is filled in', () => {
  const text = '{{MAX}} {{ instance.name }} {{limits.memoryMb}} {{.Go}} {{unknown}}'
  const filled = '20 my server 2048 {{.Go}} {{unknown}}'
  const spec = resolve({
    image: 'i',
    command: [text],
    args: [text],
    env: { A: text },
    stop: { command: text },
    configFiles: [{ path: 'a.cfg', content: text, overwrite: false }],
    resources: { limits: { memory: '2Gi', cpu: '1500m' } },
    variables: [{ name: 'Max', env: 'MAX', default: '20' }],
  })
  expect([...spec.command, ...spec.args, spec.env['A'], spec.stop.command]).toEqual([filled, filled, filled, filled])
  expect(spec.config_files).toEqual([{ path: 'a.cfg', content: filled, overwrite: false }])
  expect(spec.limits).toEqual({ cpu: 1.5, memory_bytes: 2 ** 31, pids: 512 })
})

test('the environment is the document’s, then the variables, then the server’s own', () => {
  const variables = [
    { name: 'b', env: 'B', default: 'variable' },
    { name: 'c', env: 'C', default: 'variable' },
    { name: 'd', env: 'D', default: '' },
    { name: 'e', env: 'E' },
  ]
  const { env } = resolve(
    { image: 'i', env: { A: 'document', B: 'document' }, variables },
    { variables: { B: 'given' }, env: { C: 'own' } },
  )
  expect(env).toEqual({ A: 'document', B: 'given', C: 'own', D: '' })
})

test('what holds a secret is named a secret', () => {
  const variables = [
    { name: 'p', env: 'PASS', secret: true },
    { name: 'q', env: 'UNSET', secret: true },
  ]
  const spec = resolve(
    { image: 'i', env: { URL: 'db://u:{{PASS}}@h', PLAIN: 'x' }, variables },
    { variables: { PASS: 's3cret' } },
  )
  expect(spec.secret_env).toEqual(['PASS', 'URL'])
})

test('a null limit is no limit, and the heap still has its number', () => {
  const spec = resolve(
    { image: 'i', args: ['{{limits.memoryMb}}'], resources: { limits: { memory: '1Gi', cpu: '1' } } },
    { limits: { memory_bytes: null, cpu: 2 } },
  )
  expect([spec.limits.memory_bytes, spec.limits.cpu, spec.args]).toEqual([null, 2, ['1024']])
})

test('a script refers to values, so that no value becomes code', () => {
  const variables = [{ name: 'v', env: 'VERSION' }]
  const script = 'fetch "{{VERSION}}" "{{instance.name}}" {{port.game}}\r\n'
  const spec = resolve(
    { image: 'i', variables, install: { script }, ports: [{ name: 'game', containerPort: 3979 }] },
    { variables: { VERSION: '"; rm -rf ~; "' }, ports: gamePorts },
  )
  expect(spec.install).toEqual({
    image: 'i',
    entrypoint: ['/bin/sh'],
    script: 'fetch "${VERSION}" "${SHARDLYN_INSTANCE_NAME}" 3979\n',
  })
  expect(spec.env).toEqual({ VERSION: '"; rm -rf ~; "', SHARDLYN_INSTANCE_NAME: 'my server' })
})

const value = fc.oneof(
  fc.string(),
  fc.constantFrom('{{A}}', '{{B}}', '{{instance.name}}', '$&', '$1', '{{', '}}', '{{port.game}}', '$$'),
)

test('values appear as they are: never read again, never a replacement pattern', () => {
  fc.assert(
    fc.property(value, value, value, (a, b, name) => {
      const variables = [
        { name: 'A', env: 'A' },
        { name: 'B', env: 'B' },
      ]
      const { args } = resolve(
        { image: 'i', args: ['<{{A}}|{{B}}|{{A}}|{{instance.name}}>'], variables },
        { variables: { A: a, B: b }, name },
      )
      expect(args).toEqual([`<${a}|${b}|${a}|${name}>`])
    }),
  )
})

test('text without placeholders is left alone, and the result is always what the agent expects', () => {
  const text = fc.string({ unit: fc.constantFrom('a', '{', '}', ' ', '.', '$', '\n'), maxLength: 30 })
  fc.assert(
    fc.property(
      fc.array(text, { maxLength: 3 }),
      fc.dictionary(fc.stringMatching(/^[A-Z]{1,5}$/), value),
      fc.constantFrom('docker', 'process'),
      (args, env, runtime) => {
        const spec = resolve(
          { runtime, image: 'i', command: ['x'], args, ready: {}, stop: {}, healthcheck: { command: ['x'] } },
          { env },
        )
        expect(spec.args).toEqual(args)
        expect(spec.env).toMatchObject(env)
        expect(Check(InstanceSpec, { ...spec, id: 'x' }) || Check(InstanceSpec, spec)).toBe(true)
      },
    ),
  )
})
