import { Value } from 'typebox/value'
import { expect, test } from 'vitest'
import { updateInstance } from '#contract/instances'
import { areSound, checkSettings, currentSettings, type Detailed, settingsChange } from './settings-form.ts'

const now = {
  name: 'Ours',
  variables: { TITLE: 'A', COMPANIES: '8', PASSWORD: '••••••' },
  limits: { cpu: 2, memory_bytes: 1024 ** 3 },
  env: { MODE: 'plain' },
  ports: [{ name: 'game', container_port: 3979, host_port: 27001, protocol: 'tcp' }],
  document: {
    apiVersion: 'shardlyn/v1',
    kind: 'Workload',
    metadata: { name: 'openttd' },
    spec: {
      ports: [{ name: 'game', containerPort: 3979 }],
      variables: [
        { name: 'Title', env: 'TITLE', default: 'Standard', rules: { required: true } },
        { name: 'Companies', env: 'COMPANIES', default: '8', rules: { type: 'integer', min: 1, max: 15 } },
        { name: 'Password', env: 'PASSWORD', secret: true, rules: { min: 8 } },
      ],
    },
  },
} as unknown as Detailed
const form = currentSettings(now)

test('what was not touched is no change, and a masked secret is no mistake', () => {
  expect(settingsChange(form, now)).toBeUndefined()
  expect(areSound(checkSettings(form, now))).toBe(true)
})

test('sends only what changed, in a body that the contract accepts', () => {
  const change = settingsChange(
    {
      ...form,
      name: ' Theirs ',
      variables: { ...form.variables, TITLE: 'Standard' },
      ports: { game: '4000' },
      memoryBytes: null,
      env: [...form.env, { name: 'MORE', value: '1' }],
    },
    now,
  )

  expect(change).toEqual({
    name: 'Theirs',
    variables: { TITLE: 'Standard' },
    ports: [{ name: 'game', host_port: 4000 }],
    limits: { memory_bytes: null, cpu: 2 },
    env: { MODE: 'plain', MORE: '1' },
  })
  expect(Value.Check(updateInstance.schema.body, change)).toBe(true)
})

test('typing the port that is assigned already changes nothing', () => {
  expect(settingsChange({ ...form, ports: { game: '27001' } }, now)).toBeUndefined()
})

test('finds mistakes in names of the environment and in values that were touched', () => {
  const env = [...form.env, { name: '1BAD', value: '' }, { name: 'MODE', value: 'x' }]
  const problems = checkSettings(
    { ...form, env, variables: { ...form.variables, COMPANIES: '99', PASSWORD: 'short' } },
    now,
  )

  expect(problems.env).toEqual({ 1: 'name', 2: 'twice' })
  expect(Object.keys(problems.variables).toSorted()).toEqual(['COMPANIES', 'PASSWORD'])
})
