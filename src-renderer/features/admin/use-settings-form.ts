import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { toast } from '../../components/ui/toast.tsx'

export type SettingsForm<T extends object> = {
  values: T
  set: (change: Partial<T>) => void
  isChanged: boolean
  isPending: boolean
  error: Error | null
  submit: () => void
  discard: () => void
}

/** Only the fields that differ: absent ones stay as they are on the server. */
export const changesOf = <T extends object>(before: T, now: T): Partial<T> =>
  Object.fromEntries(
    Object.entries(now).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(before[key as keyof T])),
  ) as Partial<T>

/** The fields of some settings while they are edited. `saved` is what the server has; a save answers with what it has then. */
export function useSettingsForm<T extends object>(
  saved: T,
  save: (changes: Partial<T>) => Promise<unknown>,
): SettingsForm<T> {
  const { t } = useTranslation()
  const [draft, setDraft] = useState<Partial<T>>({})
  const values = { ...saved, ...draft }
  const changes = changesOf(saved, values)
  const mutation = useMutation({
    mutationFn: save,
    onSuccess: () => {
      setDraft({})
      toast({ title: t('common.saved'), tone: 'done' })
    },
  })
  const isChanged = Object.keys(changes).length > 0
  return {
    values,
    set: (change) => setDraft((now) => ({ ...now, ...change })),
    isChanged,
    isPending: mutation.isPending,
    error: mutation.error,
    submit: () => isChanged && !mutation.isPending && mutation.mutate(changes),
    discard: () => {
      setDraft({})
      mutation.reset()
    },
  }
}
