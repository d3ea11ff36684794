import { expect, test } from 'vitest'
import type { WorkloadDocument } from '#contract/workload'
import { isSameSpec } from './same-spec.ts'

const document = (spec: WorkloadDocument['spec'], name = 'a'): WorkloadDocument => ({
  apiVersion: 'shardlyn/v1',
  kind: 'Workload',
  metadata: { name },
  spec,
})

test('documents that run the same are the same, whatever they are called and however they are ordered', () => {
  const one = document({ image: 'nginx', env: { A: '1', B: '2' }, args: ['x', 'y'] })

  expect(isSameSpec(one, document({ args: ['x', 'y'], env: { B: '2', A: '1' }, image: 'nginx' }, 'b'))).toBe(true)
  expect(isSameSpec(one, document({ image: 'nginx', env: { A: '1', B: '2' }, args: ['y', 'x'] }))).toBe(false)
})
