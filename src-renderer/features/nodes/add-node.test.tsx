import { act, cleanup, fireEvent, screen } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { getMe, type Me } from '#contract/auth'
import { getInstallOptions, getNetworkSettings, type NetworkSettings, updateNetworkSettings } from '#contract/network'
import { createRegisterToken, type FleetNode, listNodes } from '#contract/nodes'
import type { Output } from '#contract/operation'
import { authorizeCalls } from '../../lib/api.ts'
import { buildNode } from '../../testing/nodes.ts'
import { renderInApp } from '../../testing/render.tsx'
import { fakeServer, problem } from '../../testing/server.ts'
import { AddNodePage } from './add-node-page.tsx'

const me = (permissions: string[], platform_role: Me['platform_role'] = 'admin'): Me => ({
  id: 'u',
  email: 'ana@example.org',
  platform_role,
  organization: { id: 'o', name: 'Home', role: 'owner' },
  permissions,
  everywhere: permissions,
  mfa_enabled: false,
  must_enroll_mfa: false,
  has_password: true,
  language: null,
  theme: null,
  created_at: '2026-11-23T12:00:00.000Z',
})
const near = { url: 'https://192.0.2.7:7481', kind: 'network' as const, fingerprint: 'sha256//AAAA=' }
const release = { target: 'linux-x64' as const, version: '1.0.0', file: 'a.tar.gz', size: 1, sha256: 'ab' }
const options = (addresses: Output<typeof getInstallOptions>['addresses']) => ({
  addresses,
  script_sha256: 'ab'.repeat(32),
  releases: [release],
  version: '1.0.0',
})
const off: NetworkSettings = {
  is_enabled: false,
  port: 7481,
  addresses: [],
  fingerprint: null,
  certificate_expires_at: null,
  public_url: null,
  problem: null,
}
const id = '0193a000-0000-7000-8000-000000000001'
const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString()

let server: ReturnType<typeof fakeServer>
let there: FleetNode[]
beforeEach(() => {
  server = fakeServer()
  there = []
  authorizeCalls({ token: async () => 't', renewed: async () => false, organizationId: () => null })
  server.answer(getMe, me(['nodes.create', 'nodes.view']))
  server.answer(getInstallOptions, options([near]))
  server.handle(listNodes, () => ({ status: 200, body: { items: there, next_cursor: null } }))
  server.answer(createRegisterToken, () => ({
    status: 201,
    body: { token: 'the-token', expires_at: inAnHour(), node_id: id },
  }))
})
afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
})

const press = (name: string) => act(async () => fireEvent.click(screen.getByRole('button', { name })))
const tick = (name: RegExp) => act(async () => fireEvent.click(screen.getByRole('checkbox', { name })))
const type = (name: string, value: string) => fireEvent.change(screen.getByLabelText(name), { target: { value } })
const command = () => screen.getByText(/install\.sh.*--server/).textContent ?? ''

test('what is chosen becomes a command, and name and labels a token', async () => {
  await renderInApp(<AddNodePage />)
  await screen.findByRole('button', { name: 'Make the command' })
  fireEvent.change(screen.getByRole('textbox', { name: /^Name/ }), { target: { value: ' attic ' } })
  await press('Add a label')
  type('Label', 'room')
  type('Value', 'attic')
  await tick(/^Terminal/)
  await tick(/^Files of the machine/)
  type('Folders', '/srv\n\n /var/my log ')
  await tick(/^SSH certificates/)
  await tick(/^Prefer IPv4/)
  await press('Make the command')
  expect(server.requests.find(({ operation }) => operation === 'createRegisterToken')?.body).toEqual({
    name: 'attic',
    labels: { room: 'attic' },
  })
  expect(command()).toContain("export SHARDLYN_TOKEN='the-token'")
  expect(command()).toContain("--pinnedpubkey 'sha256//AAAA='")
  expect(command()).toContain(
    "--enable-terminal --host-files-allow-paths '/srv,/var/my log' --enable-host-files --enable-ssh-ca --prefer-ipv4",
  )
  expect(screen.getByText('Waiting for the machine')).toBeDefined()
})

test('it turns green by itself once the machine is healthy, and not for another machine', async () => {
  there = [buildNode({ id: '0193a000-0000-7000-8000-00000000000f', state: 'healthy', name: 'other' })]
  const { client } = await renderInApp(<AddNodePage />)
  const look = () => act(async () => client.invalidateQueries({ queryKey: ['listNodes'] }))
  await screen.findByRole('button', { name: 'Make the command' })
  await press('Make the command')
  await look()
  expect(screen.getByText('Waiting for the machine')).toBeDefined()
  there = [buildNode({ id, state: 'offline', name: 'attic' }), ...there]
  await look()
  expect(await screen.findByText('attic has registered and is connecting')).toBeDefined()
  expect(screen.queryByText(/install\.sh.*--server/)).toBeNull()
  there = [buildNode({ id, state: 'healthy', name: 'attic' })]
  await look()
  expect(await screen.findByText('attic has joined')).toBeDefined()
  expect(screen.getByRole('link', { name: 'Open the machine' }).getAttribute('href')).toBe(`/machines/${id}`)
})

test('a token that expires unused is said, and another is made without asking again', async () => {
  let made = 0
  server.answer(createRegisterToken, () => ({
    status: 201,
    body: {
      token: `token-${++made}`,
      expires_at: made === 1 ? new Date(Date.now() - 1000).toISOString() : inAnHour(),
      node_id: id,
    },
  }))
  await renderInApp(<AddNodePage />)
  await screen.findByRole('button', { name: 'Make the command' })
  await press('Make the command')
  expect(await screen.findByText('The token has expired before a machine used it')).toBeDefined()
  await press('Make a new one')
  expect(await screen.findByText('Waiting for the machine')).toBeDefined()
  expect(command()).toContain('token-2')
})

test('where only this computer reaches us, an administrator lets the network in right here', async () => {
  let isOn = false
  server.handle(getInstallOptions, () => ({
    status: 200,
    body: options(isOn ? [near] : [{ url: 'http://127.0.0.1:7480', kind: 'this_machine', fingerprint: null }]),
  }))
  server.answer(getNetworkSettings, off)
  server.handle(updateNetworkSettings, () => {
    isOn = true
    return { status: 200, body: { ...off, is_enabled: true } }
  })
  await renderInApp(<AddNodePage />)
  expect(await screen.findByText('Only this computer reaches Shardlyn so far')).toBeDefined()
  expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Make the command' }).disabled).toBe(true)
  await press('Let the network in')
  expect(server.requests.find(({ operation }) => operation === 'updateNetworkSettings')?.body).toEqual({
    is_enabled: true,
  })
  expect(await screen.findByText(/is pinned in the command/)).toBeDefined()
  expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Make the command' }).disabled).toBe(false)
})

test('a port that is taken is said where the button was', async () => {
  server.answer(getInstallOptions, options([{ url: 'http://127.0.0.1:7480', kind: 'this_machine', fingerprint: null }]))
  server.answer(getNetworkSettings, off)
  server.handle(updateNetworkSettings, () => problem(409, 'port_not_usable', 'Port 7481 is taken by another program.'))
  await renderInApp(<AddNodePage />)
  await screen.findByText('Only this computer reaches Shardlyn so far')
  await press('Let the network in')
  expect((await screen.findByRole('alert')).textContent).toBe('Port 7481 is taken by another program.')
})

test('who is no platform administrator is told whom to ask', async () => {
  server.answer(getMe, me(['nodes.create', 'nodes.view'], 'user'))
  server.answer(getInstallOptions, options([{ url: 'http://127.0.0.1:7480', kind: 'this_machine', fingerprint: null }]))
  await renderInApp(<AddNodePage />)
  expect(await screen.findByText(/Ask a platform administrator/)).toBeDefined()
  expect(screen.queryByRole('button', { name: 'Let the network in' })).toBeNull()
  expect(server.count(getNetworkSettings)).toBe(0)
})

test('folders that cannot be meant are said, and nothing is made of them', async () => {
  await renderInApp(<AddNodePage />)
  await screen.findByRole('button', { name: 'Make the command' })
  await tick(/^Files of the machine/)
  for (const paths of ['srv', '/a,b', '']) {
    type('Folders', paths)
    expect(screen.getByText('Each folder begins with / and has no comma in it.')).toBeDefined()
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Make the command' }).disabled).toBe(true)
  }
})

test('who may not add machines sees that, and asks for nothing', async () => {
  server.answer(getMe, me(['nodes.view']))
  await renderInApp(<AddNodePage />)
  expect(await screen.findByText('You may not add machines')).toBeDefined()
})
