import { isOneOf, stored } from './stored.ts'

export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

/** Read by public/theme.js too, which sets it before the first paint. */
export const theme = stored<Theme>('shardlyn.theme', 'system', isOneOf(themes))

const systemIsDark = () => matchMedia('(prefers-color-scheme: dark)')
/** What is shown, after the system had its say. */
export const shownTheme = (): 'light' | 'dark' => {
  const chosen = theme.get()
  return chosen === 'system' ? (systemIsDark().matches ? 'dark' : 'light') : chosen
}

const listeners = new Set<() => void>()
/** Hears of every change of what is shown, after it is on the page; charts and terminals paint themselves again. */
export function onThemeChange(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function apply(): void {
  const next = shownTheme()
  if (document.documentElement.dataset['theme'] === next) return
  document.documentElement.dataset['theme'] = next
  for (const listener of listeners) listener()
}

/** Keeps the page in the chosen theme while it is open. */
export function watchTheme(): void {
  apply()
  theme.subscribe(apply)
  systemIsDark().addEventListener('change', apply)
}
