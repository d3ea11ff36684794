import type { MenuItemConstructorOptions } from 'electron'
import type { Say } from './messages.ts'
import { isActive, type ServerLine } from './servers.ts'

type Actions = { open: () => void; openServer: (id: string) => void; quit: () => void }

const SHOWN = 12

/** One sentence for the tray's tooltip: how many servers run. */
export function trayTitle(servers: readonly ServerLine[], say: Say): string {
  const count = servers.filter(isActive).length
  if (count === 0) return say('noServers')
  return count === 1 ? say('oneServer') : say('manyServers', { count })
}

// An ampersand in a menu marks the next letter as its key.
const escaped = (name: string) => name.replaceAll('&', '&&')

/** The tray's menu: what runs, crashed ones first, each opening its page. */
export function trayMenu(servers: readonly ServerLine[], say: Say, actions: Actions): MenuItemConstructorOptions[] {
  const listed = servers
    .filter((server) => isActive(server) || server.state === 'error')
    .sort((a, b) => Number(b.state === 'error') - Number(a.state === 'error') || a.name.localeCompare(b.name))
  const rest = listed.length - SHOWN
  return [
    { label: say('open'), click: actions.open },
    { type: 'separator' },
    { label: trayTitle(servers, say), enabled: false },
    ...listed.slice(0, SHOWN).map(({ id, name, state }) => ({
      label: `${escaped(name)} · ${say(`state_${state}`)}`,
      click: () => actions.openServer(id),
    })),
    ...(rest > 0 ? [{ label: say('moreServers', { count: rest }), click: actions.open }] : []),
    { type: 'separator' },
    { label: say('quit'), click: actions.quit },
  ]
}
