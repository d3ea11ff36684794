import { renderInApp } from '../../testing/render.tsx'
import { act, cleanup, fireEvent, screen } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { deleteInstance } from '#contract/instances'
import { getNode } from '#contract/nodes'
import { authorizeCalls } from '../../lib/api.ts'
import { buildInstance } from '../../testing/instances.ts'
import { buildNode } from '../../testing/nodes.ts'
import { fakeServer } from '../../testing/server.ts'
import { DeleteInstance } from './delete-instance.tsx'

let server: ReturnType<typeof fakeServer>
beforeEach(() => {
  server = fakeServer()
  authorizeCalls({ token: async () => 't', renewed: async () => false, organizationId: () => null })
  server.answer(getNode, buildNode())
  server.handle(deleteInstance, () => ({ status: 204, body: undefined }))
})
afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
})

const asked = () => server.requests.find(({ operation }) => operation === 'deleteInstance')?.url.search
const button = (name: string) => screen.getByRole<HTMLButtonElement>('button', { name })
const press = (name: string) => act(async () => fireEvent.click(button(name)))
const show = () => renderInApp(<DeleteInstance instance={buildInstance()} open onOpenChange={() => undefined} />)

test('keeps the data unless told otherwise', async () => {
  await show()
  await screen.findByText('Keep the data')
  await press('Delete server')

  expect(asked()).toBe('?data=keep')
})

test('deletes the data only after the name was typed', async () => {
  await show()
  fireEvent.click(await screen.findByText('Delete the data'))
  expect(button('Delete server and data').disabled).toBe(true)
  fireEvent.change(screen.getByRole('textbox'), { target: { value: 'Trains' } })
  await press('Delete server and data')

  expect(asked()).toBe('?data=delete')
})

test('a server of a machine that is away can only be forgotten, and only knowingly', async () => {
  server.answer(getNode, buildNode({ state: 'offline' }))
  await show()
  const forget = await screen.findByRole<HTMLButtonElement>('button', { name: 'Forget server' })
  expect(forget.disabled).toBe(true)
  fireEvent.click(screen.getByRole('checkbox'))
  await press('Forget server')

  expect(asked()).toBe('?data=keep&force=true')
})
