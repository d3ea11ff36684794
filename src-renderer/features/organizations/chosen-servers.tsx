import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Instance, listInstances } from '#contract/instances'
import { Checkbox } from '../../components/ui/checkbox.tsx'
import { Input } from '../../components/ui/input.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { problemText } from '../../lib/problem-text.ts'
import { queryFor } from '../../lib/query.ts'
import { PresetSelect } from '../access/preset-select.tsx'
import { mayGive, presets } from '../access/presets.ts'
import type { Shares } from './invite-form.ts'

/** With fewer servers than these one sees them all at once. */
const FEW = 8

type Props = { value: Shares; onChange: (shares: Shares) => void; error?: string | undefined }

/** Picks servers, and what somebody may do on each. */
export function ChosenServers({ value, onChange, error }: Props) {
  const { t } = useTranslation()
  const [search, setSearch] = useState('')
  const list = useQuery(queryFor(listInstances, { query: { limit: 200 } }))
  const mine = (list.data?.items ?? []).filter(({ rights }) => rights.includes('instances.access'))
  const wanted = search.trim().toLocaleLowerCase()
  const shown = mine.filter(({ id, name }) => value.has(id) || name.toLocaleLowerCase().includes(wanted))

  const put = (id: string, permissions: (typeof presets)['watch'] | undefined) => {
    const next = new Map(value)
    if (permissions) next.set(id, permissions)
    else next.delete(id)
    onChange(next)
  }
  const first = ({ rights }: Instance) =>
    mayGive(presets.watch, rights) ? presets.watch : (['instances.view'] as const)

  return (
    <fieldset className="flex min-w-0 flex-col gap-2">
      <legend className="mb-1 flex w-full items-baseline justify-between font-medium">
        {t('organizations.invite.servers')}
        {value.size > 0 && (
          <span className="text-sm font-normal text-muted">{t('common.selected', { count: value.size })}</span>
        )}
      </legend>
      {mine.length > FEW && (
        <Input
          type="search"
          aria-label={t('organizations.invite.searchServers')}
          placeholder={t('organizations.invite.searchServers')}
          value={search}
          onValueChange={setSearch}
        />
      )}
      {list.isPending ? (
        <SkeletonRows rows={2} className="rounded-md border border-border" />
      ) : list.isError && !list.data ? (
        <p role="alert" className="text-error">
          {t('organizations.invite.serversFailed')}. {problemText(list.error)}
        </p>
      ) : mine.length === 0 ? (
        <p className="text-muted">{t('organizations.invite.noServers')}</p>
      ) : (
        <ul className="max-h-64 overflow-y-auto rounded-md border border-border">
          {shown.map((instance) => {
            const chosen = value.get(instance.id)
            return (
              <li
                key={instance.id}
                className="flex min-h-11 items-center justify-between gap-3 border-b border-border px-3 py-1.5 last:border-0"
              >
                <Checkbox
                  className="min-w-0 flex-1 [&>span:last-child]:truncate"
                  label={instance.name}
                  checked={chosen !== undefined}
                  onCheckedChange={(checked) => put(instance.id, checked ? first(instance) : undefined)}
                />
                {chosen && (
                  <PresetSelect
                    size="sm"
                    className="w-36 shrink-0"
                    label={t('organizations.invite.rightsOn', { name: instance.name })}
                    value={chosen}
                    held={instance.rights}
                    onChange={(permissions) => put(instance.id, permissions)}
                  />
                )}
              </li>
            )
          })}
          {shown.length === 0 && <li className="p-3 text-muted">{t('common.noMatch', { search })}</li>}
        </ul>
      )}
      {error && (
        <p role="alert" className="text-sm text-error">
          {error}
        </p>
      )}
    </fieldset>
  )
}
