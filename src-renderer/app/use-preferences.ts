import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo } from 'react'
import { getMe } from '#contract/auth'
import { getSettings, type Preferences, updateSettings } from '#contract/settings'
import { toastError } from '../components/ui/toast.tsx'
import { call } from '../lib/api.ts'
import { chooseLanguage, type Language, t } from '../lib/i18n.ts'
import { useMe } from '../lib/me.ts'
import { queryFor } from '../lib/query.ts'
import { type Theme, theme } from '../lib/theme.ts'

/** What this browser shows already becomes the account's too, so that the next sign-in anywhere has it. */
async function keep(client: QueryClient, preferences: Partial<Preferences>): Promise<void> {
  client.setQueryData(queryFor(getMe, {}).queryKey, (me) => me && { ...me, ...preferences })
  try {
    const kept = await call(updateSettings, { body: { preferences } })
    client.setQueryData(queryFor(getSettings, {}).queryKey, kept)
  } catch (error) {
    toastError(t('shell.account.onlyHere'), error)
  }
}

/** Chooses language and theme: here at once, and for the account. */
export function useChoosePreferences() {
  const client = useQueryClient()
  return useMemo(
    () => ({
      chooseTheme(next: Theme) {
        theme.set(next)
        void keep(client, { theme: next })
      },
      /** Null: as the browser has it. */
      chooseLanguage(next: Language | null) {
        chooseLanguage(next)
        void keep(client, { language: next })
      },
    }),
    [client],
  )
}

/** Takes over what the account has, at sign-in and when it is changed on another device. */
export function useKeptPreferences(): void {
  const me = useMe()
  const kept = { theme: me?.theme, language: me?.language }
  useEffect(() => {
    if (kept.theme) theme.set(kept.theme)
  }, [kept.theme])
  useEffect(() => {
    if (kept.language) chooseLanguage(kept.language)
  }, [kept.language])
}
