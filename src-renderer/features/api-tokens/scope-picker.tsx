import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { listPermissions } from '#contract/members'
import { Checkbox } from '../../components/ui/checkbox.tsx'
import { ErrorState } from '../../components/ui/error-state.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { useMe } from '../../lib/me.ts'
import { groupPermissions, permissionText } from '../../lib/permission-text.ts'
import { queryFor } from '../../lib/query.ts'

type Props = {
  chosen: ReadonlySet<string>
  onChange: (chosen: ReadonlySet<string>) => void
  error: string | undefined
}

/** The permissions that one holds oneself, by what they are about. Others would give a token nothing. */
export function ScopePicker({ chosen, onChange, error }: Props) {
  const { t } = useTranslation()
  const me = useMe()
  const permissions = useQuery(queryFor(listPermissions, {}))
  if (permissions.isError) {
    return (
      <ErrorState
        error={permissions.error}
        title={t('tokens.form.scopesFailed')}
        onRetry={() => void permissions.refetch()}
        className="py-4"
      />
    )
  }
  if (permissions.isPending || !me) return <SkeletonRows rows={6} className="rounded-md border border-border" />
  const held = permissions.data.items.filter(({ key }) => me.permissions.includes(key))
  const set = (keys: readonly string[], isOn: boolean) => {
    const next = new Set(chosen)
    for (const key of keys) {
      if (isOn) next.add(key)
      else next.delete(key)
    }
    onChange(next)
  }
  return (
    <div>
      <div className="flex max-h-56 flex-col gap-4 overflow-y-auto rounded-md border border-border p-3">
        {groupPermissions(held).map(([group, items]) => {
          const keys = items.map(({ key }) => key)
          const count = keys.filter((key) => chosen.has(key)).length
          return (
            <fieldset key={group} className="flex min-w-0 flex-col gap-2">
              <legend className="sr-only">{group}</legend>
              <Checkbox
                label={
                  <span className="font-medium">
                    <span className="sr-only">{t('tokens.form.groupAll', { group })}</span>
                    <span aria-hidden>{group}</span>
                  </span>
                }
                checked={count === keys.length}
                indeterminate={count > 0 && count < keys.length}
                onCheckedChange={(isOn) => set(keys, isOn)}
              />
              {items.map(({ key, description }) => (
                <Checkbox
                  key={key}
                  className="pl-6"
                  label={permissionText(key, description)}
                  help={<span className="font-mono">{key}</span>}
                  checked={chosen.has(key)}
                  onCheckedChange={(isOn) => set([key], isOn)}
                />
              ))}
            </fieldset>
          )
        })}
      </div>
      <p role={error ? 'alert' : undefined} className={error ? 'mt-1 text-sm text-error' : 'mt-1 text-sm text-muted'}>
        {error ?? t('tokens.form.chosen', { count: chosen.size })}
      </p>
    </div>
  )
}
