import type { MenuItemConstructorOptions } from 'electron'
import { expect, test } from 'vitest'
import { applicationMenu } from './menu.ts'
import { wordsFor } from './messages.ts'
import type { ServerLine } from './servers.ts'
import { trayMenu, trayTitle } from './tray.ts'

const say = wordsFor('en-GB')
const nothing = () => undefined
const actions = { quit: nothing, reload: nothing, openDocumentation: nothing }
const server = (name: string, state: ServerLine['state']): ServerLine => ({
  id: `id-${name}`,
  name,
  state,
  state_reason: null,
  desired_state: 'running',
  node_id: 'here',
  crash_count: 0,
  isLocal: true,
})
const roles = (items: MenuItemConstructorOptions[]): unknown[] =>
  items.flatMap(({ role, submenu }) => [role, ...(Array.isArray(submenu) ? roles(submenu) : [])]).filter(Boolean)
const labels = (items: MenuItemConstructorOptions[]) => items.map(({ label, type }) => label ?? type)

test.each(['linux', 'win32', 'darwin'] as const)(
  'the menu on %s has the standard entries, and developer tools in development only',
  (platform) => {
    const released = roles(applicationMenu({ platform, isDev: false, say, ...actions }))
    const developed = roles(applicationMenu({ platform, isDev: true, say, ...actions }))

    expect(released).toEqual(
      expect.arrayContaining(['undo', 'copy', 'paste', 'zoomIn', 'togglefullscreen', 'minimize', 'help']),
    )
    expect(released).not.toContain('toggleDevTools')
    expect(developed).toEqual(expect.arrayContaining(['reload', 'toggleDevTools']))
    expect(released.includes('appMenu')).toBe(platform === 'darwin')
  },
)

test('the tray names what runs and what crashed, crashed ones first', () => {
  const servers = [
    server('beta', 'running'),
    server('alpha', 'starting'),
    server('gone', 'stopped'),
    server('omega', 'error'),
  ]
  const opened: string[] = []
  const menu = trayMenu(servers, say, { open: nothing, openServer: (id) => opened.push(id), quit: nothing })
  menu.find(({ label }) => label?.startsWith('beta'))?.click?.({} as never, undefined, {} as never)

  expect(labels(menu)).toEqual([
    'Open Shardlyn',
    'separator',
    '2 servers are running',
    'omega · crashed',
    'alpha · starting',
    'beta · running',
    'separator',
    'Quit Shardlyn',
  ])
  expect(opened).toEqual(['id-beta'])
})

test('the tray stays short, and a name cannot set a key of the menu', () => {
  const many = Array.from({ length: 15 }, (_, index) => server(`s${String(index).padStart(2, '0')}`, 'running'))
  const menu = labels(trayMenu(many, say, { open: nothing, openServer: nothing, quit: nothing }))
  expect(menu).toHaveLength(18)
  expect(menu).toContain('and 3 more')

  const named = trayMenu([server('Tom & Jerry', 'running')], say, { open: nothing, openServer: nothing, quit: nothing })
  expect(labels(named)).toContain('Tom && Jerry · running')
})

test('the tray counts in words, in the person’s language', () => {
  expect([[], [server('a', 'running')]].map((servers) => trayTitle(servers, say))).toEqual([
    'No servers are running',
    '1 server is running',
  ])
  expect(trayTitle([server('a', 'running'), server('b', 'stopping')], wordsFor('pt-BR'))).toBe(
    '2 servidores em execução',
  )
})
