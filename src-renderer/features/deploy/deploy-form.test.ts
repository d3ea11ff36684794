import { expect, test } from 'vitest'
import { createInstance } from '#contract/instances'
import { Value } from 'typebox/value'
import type { WorkloadDocument } from '#contract/workload'
import {
  checkForm,
  deployBody,
  freeName,
  isSound,
  needsMemoryLimit,
  type ServerForm,
  startForm,
  visibleVariables,
} from './deploy-form.ts'

const document: WorkloadDocument = {
  apiVersion: 'shardlyn/v1',
  kind: 'Workload',
  metadata: { name: 'openttd' },
  spec: {
    runtime: 'process',
    command: ['openttd', '-D'],
    ports: [
      { name: 'game', containerPort: 3979, alsoUdp: true, primary: true },
      { name: 'admin', containerPort: 3977 },
      { name: 'query', containerPort: 3978, protocol: 'UDP' },
    ],
    resources: { limits: { memory: '512Mi', cpu: '1500m' } },
    variables: [
      { name: 'Title', env: 'TITLE', default: 'A server', rules: { required: true, max: 20 } },
      { name: 'Companies', env: 'COMPANIES', default: '8', rules: { type: 'integer', min: 1, max: 15 } },
      { name: 'Fixed', env: 'FIXED', default: 'x', userEditable: false },
      { name: 'Hidden', env: 'HIDDEN', default: 'y', userVisible: false },
    ],
  },
}
const target = {
  workloadId: '0198c4f2-0000-7000-8000-000000000001',
  nodeId: '0198c4f2-0000-7000-8000-000000000002',
  start: true,
}
const changed = (over: Partial<ServerForm>): ServerForm => ({ ...startForm(document, 'My server'), ...over })

test('begins with what the workload suggests, which is sound', () => {
  const form = startForm(document, 'My server')

  expect(form).toEqual({
    name: 'My server',
    variables: { TITLE: 'A server', COMPANIES: '8', FIXED: 'x', HIDDEN: 'y' },
    ports: { game: '', admin: '', query: '' },
    memoryBytes: 512 * 1024 ** 2,
    cpu: '1.5',
  })
  expect(isSound(checkForm(form, document))).toBe(true)
})

test('sends nothing that follows the workload by itself', () => {
  expect(deployBody(startForm(document, ' My server '), document, target)).toEqual({
    workload_id: target.workloadId,
    node_id: target.nodeId,
    name: 'My server',
    start: true,
  })
})

test('sends what was chosen, in a body that the contract accepts', () => {
  const form = changed({
    variables: { TITLE: 'Ours', COMPANIES: '8', FIXED: 'x', HIDDEN: 'y' },
    ports: { game: '4000', admin: ' ', query: '' },
    memoryBytes: null,
    cpu: '2,5',
  })
  const body = deployBody(form, document, target)

  expect(body).toMatchObject({
    variables: { TITLE: 'Ours' },
    ports: [{ name: 'game', host_port: 4000 }],
    limits: { memory_bytes: null, cpu: 2.5 },
  })
  expect(Value.Check(createInstance.schema.body, body)).toBe(true)
})

test.each([
  ['no name', { name: '  ' }, { name: 'required' }],
  ['a long name', { name: 'x'.repeat(64) }, { name: 'too_long' }],
  ['a name with a line break', { name: 'a\nb' }, { name: 'control' }],
  ['a port of letters', { ports: { game: 'abc' } }, { ports: { game: 'not_a_port' } }],
  ['a port beyond the last', { ports: { game: '70000' } }, { ports: { game: 'not_a_port' } }],
  ['one TCP port for two', { ports: { game: '4000', admin: '4000' } }, { ports: { admin: 'twice' } }],
  ['a UDP port that a TCP one takes too', { ports: { game: '4000', query: '4000' } }, { ports: { query: 'twice' } }],
  ['a cpu in words', { cpu: 'two' }, { cpu: 'not_a_number' }],
  ['too little cpu', { cpu: '0' }, { cpu: 'out_of_range' }],
  ['too little memory', { memoryBytes: 1024 }, { memory: 'too_small' }],
  ['a variable out of its range', { variables: { COMPANIES: '99' } }, { variables: { COMPANIES: expect.any(String) } }],
  ['a required variable emptied', { variables: { TITLE: '' } }, { variables: { TITLE: expect.any(String) } }],
])('finds %s', (_, over, problems) => {
  const found = checkForm(changed(over as Partial<ServerForm>), document)

  expect(found).toMatchObject(problems)
  expect(isSound(found)).toBe(false)
})

test('TCP and UDP may share a number', () => {
  expect(checkForm(changed({ ports: { admin: '4000', query: '4000' } }), document).ports).toEqual({})
})

test('a name that is taken gets a number', () => {
  expect(freeName('OpenTTD', [])).toBe('OpenTTD')
  expect(freeName('OpenTTD', ['openttd', 'OpenTTD 2'])).toBe('OpenTTD 3')
})

test('shows variables that are visible, and knows where memory must be limited', () => {
  expect(visibleVariables(document).map(({ env }) => env)).toEqual(['TITLE', 'COMPANIES', 'FIXED'])
  expect(needsMemoryLimit(document)).toBe(false)
  expect(needsMemoryLimit({ ...document, spec: { ...document.spec, args: ['-Xmx{{limits.memoryMb}}M'] } })).toBe(true)
})
