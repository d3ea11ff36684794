import type { ISearchOptions } from '@xterm/addon-search'
import type { ITheme } from '@xterm/xterm'

const reader = (host: Element) => {
  const style = getComputedStyle(host)
  return (token: string): string => style.getPropertyValue(`--${token}`).trim()
}

/** The colours of the page as a terminal's sixteen. What would be too faint on them, xterm darkens or lightens itself. */
export function terminalTheme(host: Element): ITheme {
  const token = reader(host)
  const plain = {
    black: token('field'),
    red: token('error'),
    green: token('running'),
    yellow: token('busy'),
    blue: token('accent'),
    magenta: token('chart-4'),
    cyan: token('chart-2'),
    white: token('text'),
  }
  const bright = Object.fromEntries(
    Object.entries(plain).map(([name, colour]) => [`bright${name[0]?.toUpperCase()}${name.slice(1)}`, colour]),
  )
  return {
    ...plain,
    ...bright,
    brightBlack: token('muted'),
    background: token('sunken'),
    foreground: token('text'),
    cursor: token('sunken'),
    cursorAccent: token('sunken'),
    selectionBackground: `${token('accent')}4d`,
    scrollbarSliderBackground: `${token('field')}66`,
    scrollbarSliderHoverBackground: `${token('field')}99`,
    scrollbarSliderActiveBackground: `${token('field')}cc`,
  }
}

/** The same with a cursor: in a shell one types where it is. */
export const shellTheme = (host: Element): ITheme => {
  const token = reader(host)
  return { ...terminalTheme(host), cursor: token('text'), cursorAccent: token('sunken') }
}

export function searchColours(host: Element): NonNullable<ISearchOptions['decorations']> {
  const token = reader(host)
  return {
    matchBackground: token('busy-soft'),
    matchBorder: token('busy'),
    matchOverviewRuler: token('busy'),
    activeMatchBackground: token('busy'),
    activeMatchBorder: token('busy'),
    activeMatchColorOverviewRuler: token('busy'),
  }
}
