import { renderInApp } from '../../testing/render.tsx'
import { act, cleanup, fireEvent, screen } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { getMe } from '#contract/auth'
import { getDiagnostics, sendSupportMessage } from '#contract/support'
import { buildMe } from '../../testing/instances.ts'
import { fakeServer, problem } from '../../testing/server.ts'
import { SupportPage } from './support-page.tsx'

let server: ReturnType<typeof fakeServer>
beforeEach(() => {
  server = fakeServer()
  server.answer(getMe, buildMe([]))
  server.answer(getDiagnostics, {
    parts: [
      { name: 'versions', text: 'shardlyn: 1.0' },
      { name: 'nodes', text: 'attic: healthy' },
    ],
  })
})
afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
})
const type = (label: string, value: string) => fireEvent.change(screen.getByLabelText(label), { target: { value } })
const press = (name: string) => act(async () => fireEvent.click(screen.getByRole('button', { name })))
const sent = (body: object) => ({
  status: 201,
  body: { id: 'm', created_at: '2026-11-23T12:00:00.000Z', mailed: false, ...body },
})

test('what would be sent can be looked at, and a part that is left out is not sent', async () => {
  server.handle(sendSupportMessage, () => sent({}))
  await renderInApp(<SupportPage />)
  await press('Send')
  expect(screen.getByText('Write what you need.')).toBeDefined()
  type('Subject', 'It does not start')
  type('Message', 'Since yesterday.')
  expect(server.count(getDiagnostics)).toBe(0)
  fireEvent.click(screen.getByRole('switch'))
  await screen.findByRole('checkbox', { name: /Send: Versions/ })
  fireEvent.click(screen.getAllByRole('button', { name: 'Look at it' })[0]!)
  expect(screen.getByLabelText<HTMLTextAreaElement>('Versions').value).toBe('shardlyn: 1.0')
  fireEvent.click(screen.getByRole('checkbox', { name: /Send: Machines/ }))
  await press('Send')
  expect(server.requests.find(({ operation }) => operation === 'sendSupportMessage')?.body).toEqual({
    subject: 'It does not start',
    message: 'Since yesterday.',
    diagnostics: ['versions'],
  })
  expect(await screen.findByText(/kept for the administrator/)).toBeDefined()
})

test('without diagnostics none are gathered; too many messages are told as such', async () => {
  server.handle(sendSupportMessage, () => problem(429, 'too_many_requests'))
  await renderInApp(<SupportPage />)
  type('Subject', 'Again')
  type('Message', 'And again.')
  await press('Send')
  expect((await screen.findByRole('alert')).textContent).toContain('five messages within an hour')
  expect(server.requests.find(({ operation }) => operation === 'sendSupportMessage')?.body).toEqual({
    subject: 'Again',
    message: 'And again.',
  })
})
