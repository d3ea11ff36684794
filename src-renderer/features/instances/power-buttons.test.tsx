import { renderInApp } from '../../testing/render.tsx'
import { act, cleanup, fireEvent, screen } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { getMe } from '#contract/auth'
import { getInstance, type Instance, killInstance, startInstance, stopInstance } from '#contract/instances'
import { authorizeCalls } from '../../lib/api.ts'
import { buildInstance, buildMe } from '../../testing/instances.ts'
import { fakeServer, problem } from '../../testing/server.ts'
import { PowerButtons } from './power-buttons.tsx'

let server: ReturnType<typeof fakeServer>
beforeEach(() => {
  server = fakeServer()
  authorizeCalls({ token: async () => 't', renewed: async () => false, organizationId: () => null })
})
afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
})

const press = (name: string) => act(async () => fireEvent.click(screen.getByRole('button', { name })))
const offered = () =>
  screen.getAllByRole('button').map((button) => button.getAttribute('aria-label') ?? button.textContent)

test.each([
  ['running', ['Stop', 'Restart', 'More power actions']],
  ['stopping', ['Kill']],
  ['stopped', ['Start']],
] as const)('a server that is %s offers %j', async (state, buttons) => {
  await renderInApp(<PowerButtons instance={buildInstance({ state })} />)
  await screen.findByRole('group')

  expect(offered()).toEqual(buttons)
})

test('one that waits to be started again can be started now or left stopped', async () => {
  await renderInApp(<PowerButtons instance={buildInstance({ state: 'error', desired_state: 'running' })} />)
  await screen.findByRole('group')

  expect(offered()).toEqual(['Start', 'Stop'])
})

test('what was asked for shows at once, before the server has answered', async () => {
  const instance = buildInstance({ state: 'stopped', desired_state: 'stopped' })
  let answer = () => {}
  server.handle(
    startInstance,
    () => new Promise((resolve) => (answer = () => resolve({ status: 202, body: instance }))),
  )
  const { client } = await renderInApp(<PowerButtons instance={instance} />)
  const key = [getInstance.schema.operationId, { params: { id: instance.id } }]
  client.setQueryData(key, instance)
  await screen.findByRole('button', { name: 'Start' })
  await press('Start')

  expect(client.getQueryData(key)).toMatchObject({ state: 'starting' })
  await expect.poll(() => screen.getByRole('button', { name: 'Start' }).getAttribute('aria-busy')).toBe('true')
  await act(async () => answer())
})

test('a refusal is said where the button is, and the state is what it was', async () => {
  server.handle(stopInstance, () => problem(409, 'busy_elsewhere', 'Somebody else is stopping it.'))
  const instance = buildInstance()
  const { client } = await renderInApp(<PowerButtons instance={instance} />)
  const key = [getInstance.schema.operationId, { params: { id: instance.id } }]
  client.setQueryData(key, instance)
  await screen.findByRole('button', { name: 'Stop' })
  await press('Stop')

  expect((await screen.findByRole('alert')).textContent).toBe('Somebody else is stopping it.')
  expect(client.getQueryData(key)).toMatchObject({ state: 'running' })
})

test('a click does not kill; holding does', async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true })
  const killed = vi.fn(() => ({ status: 202, body: buildInstance() }))
  server.handle(killInstance, killed)
  await renderInApp(<PowerButtons instance={buildInstance()} />)
  await screen.findByRole('group')
  await press('More power actions')
  const hold = await screen.findByRole('button', { name: 'Hold to kill' })
  fireEvent.pointerDown(hold, { button: 0 })
  fireEvent.pointerUp(hold)
  await act(() => vi.advanceTimersByTimeAsync(2_000))
  expect(killed).not.toHaveBeenCalled()

  fireEvent.pointerDown(hold, { button: 0 })
  await act(() => vi.advanceTimersByTimeAsync(2_000))
  expect(killed).toHaveBeenCalledTimes(1)
  vi.useRealTimers()
})

test('who may not on this server, sees no buttons, whatever they may on others', async () => {
  server.answer(getMe, buildMe(['instances.power']))
  const rights: Instance['rights'] = ['instances.view', 'instances.console']
  const { client } = await renderInApp(<PowerButtons instance={buildInstance({ rights })} />)
  await expect.poll(() => client.isFetching()).toBe(0)

  expect(screen.queryByRole('button')).toBeNull()
})
