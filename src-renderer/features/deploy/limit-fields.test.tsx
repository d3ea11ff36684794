import { renderInApp } from '../../testing/render.tsx'
import { cleanup, fireEvent, screen } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'
import { buildNode } from '../../testing/nodes.ts'
import { LimitFields } from './limit-fields.tsx'

afterEach(cleanup)

const GIB = 1024 ** 3
const unlimited = buildNode({
  capabilities: { runtimes: ['docker', 'process'], process_limits: { memory: false, cpu: false, pids: false } },
})

async function show(fields: Partial<Parameters<typeof LimitFields>[0]> = {}) {
  const onChange = vi.fn()
  await renderInApp(
    <LimitFields
      values={{ memoryBytes: 2 * GIB, cpu: '' }}
      problems={{}}
      onChange={onChange}
      node={buildNode()}
      runtime="docker"
      isLimitNeeded={false}
      {...fields}
    />,
  )
  await screen.findByText('Memory limit')
  return onChange
}

test('says what the machine has left', async () => {
  await show()
  expect(screen.getByText('attic has 12 GiB of 16 GiB left now.')).toBeDefined()
})

test('warns of more than is free, and of more than there is', async () => {
  await show({ values: { memoryBytes: 14 * GIB, cpu: '' } })
  expect(screen.getByText(/More than is free now/)).toBeDefined()
  cleanup()
  await show({ values: { memoryBytes: 20 * GIB, cpu: '' } })
  expect(screen.getByText('attic has only 16 GiB in all.')).toBeDefined()
})

test('what a server uses already is not lost to itself', async () => {
  await show({ ownBytes: GIB })
  expect(screen.getByText('attic has 13 GiB of 16 GiB left now.')).toBeDefined()
})

test('a limit that the machine cannot enforce for native programs is said to be one', async () => {
  await show({ node: unlimited, runtime: 'process' })
  expect(screen.getByText(/cannot enforce memory limits/)).toBeDefined()
  expect(screen.getByText(/cannot enforce CPU limits/)).toBeDefined()
  cleanup()
  await show({ node: unlimited, runtime: 'docker' })
  expect(screen.queryByText(/cannot enforce/)).toBeNull()
})

test('no limit is offered, except where the program has to be told one', async () => {
  const onChange = await show()
  fireEvent.click(screen.getByRole('checkbox'))
  expect(onChange).toHaveBeenCalledWith({ memoryBytes: null })
  cleanup()
  await show({ isLimitNeeded: true })
  expect(screen.queryByRole('checkbox')).toBeNull()
})

test('an exact amount can be typed in MiB', async () => {
  const onChange = await show()
  fireEvent.change(screen.getByLabelText('Memory limit in MiB'), { target: { value: '3000' } })
  expect(onChange).toHaveBeenCalledWith({ memoryBytes: 3000 * 1024 ** 2 })
})
