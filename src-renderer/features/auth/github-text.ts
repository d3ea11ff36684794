import { i18n, t } from '../../lib/i18n.ts'

/** Why GitHub did not lead in; the server hands a code back behind the `#`. */
export function githubText(code: string): string {
  const key = `auth.github.${code === 'access_denied' ? 'cancelled' : code}`
  return i18n.exists(key) ? i18n.t(key as 'auth.github.cancelled') : t('auth.github.other')
}
