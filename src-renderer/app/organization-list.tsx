import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Check, Plus, Users } from 'lucide-react'
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { listOrganizations, type Organization } from '#contract/organizations'
import { Input } from '../components/ui/input.tsx'
import { SkeletonRows } from '../components/ui/skeleton.tsx'
import { cn } from '../lib/cn.ts'
import { useMe } from '../lib/me.ts'
import { problemText } from '../lib/problem-text.ts'
import { queryFor } from '../lib/query.ts'
import { useGoToOrganization } from './use-go-to-organization.ts'

/** With more than these one searches. */
const MANY = 8
const rowStyle =
  'flex min-h-9 w-full items-center gap-2 rounded-sm px-2 py-1 text-left select-none pointer-coarse:min-h-11'

/** The organizations of the person, walked through by arrows or found by a few letters. */
export function OrganizationList({ onClose, onCreate }: { onClose: () => void; onCreate: () => void }) {
  const { t } = useTranslation()
  const me = useMe()
  const goTo = useGoToOrganization()
  const list = useQuery(queryFor(listOrganizations, {}))
  const [search, setSearch] = useState('')
  const [moved, setMoved] = useState<number>()
  const id = useId()
  const box = useRef<HTMLDivElement>(null)

  const all = list.data?.items ?? []
  const found = all.filter(({ name }) => name.toLocaleLowerCase().includes(search.trim().toLocaleLowerCase()))
  const current = me?.organization?.id
  const start = search === '' ? found.findIndex((organization) => organization.id === current) : 0
  const active = Math.min(moved ?? Math.max(0, start), found.length - 1)

  useEffect(() => {
    box.current?.querySelector(`[data-index="${active}"]`)?.scrollIntoView({ block: 'nearest' })
  }, [active])

  const choose = (organization: Organization | undefined) => {
    if (!organization) return
    onClose()
    goTo(organization.id)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const last = found.length - 1
    const target = { ArrowDown: active + 1, ArrowUp: active - 1, Home: 0, End: last }[event.key]
    if (target !== undefined && (search === '' || event.key.startsWith('Arrow'))) {
      event.preventDefault()
      setMoved(target < 0 ? last : target > last ? 0 : target)
    } else if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
      event.preventDefault()
      choose(found[active])
    }
  }
  const walked = {
    'aria-activedescendant': active < 0 ? undefined : `${id}${active}`,
    onKeyDown,
  }

  return (
    <>
      {all.length > MANY && (
        <div className="border-b border-border p-2">
          <Input
            role="combobox"
            aria-expanded
            aria-controls={`${id}list`}
            aria-label={t('shell.organizations.search')}
            placeholder={t('shell.organizations.search')}
            value={search}
            onValueChange={(text) => (setSearch(text), setMoved(undefined))}
            {...walked}
          />
        </div>
      )}
      <div
        ref={box}
        id={`${id}list`}
        role="listbox"
        aria-label={t('shell.organizations.label')}
        tabIndex={all.length > MANY ? -1 : 0}
        className="max-h-80 min-h-11 overflow-y-auto rounded-md p-1 outline-offset-[-2px]"
        {...(all.length > MANY ? {} : walked)}
      >
        {list.isPending && <SkeletonRows rows={2} />}
        {list.isError && (
          <p role="alert" className="p-2 text-error">
            {t('shell.organizations.failed')}. {problemText(list.error)}
          </p>
        )}
        {list.data && found.length === 0 && (
          <p className="p-2 text-muted">
            {search === '' ? t('shell.organizations.none') : t('common.noMatch', { search })}
          </p>
        )}
        {found.map((organization, index) => (
          // The list has the focus and its keys; the pointer only points.
          // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
          <div
            key={organization.id}
            id={`${id}${index}`}
            data-index={index}
            role="option"
            tabIndex={-1}
            aria-selected={organization.id === current}
            onPointerMove={() => index !== active && setMoved(index)}
            onClick={() => choose(organization)}
            className={cn(rowStyle, index === active && 'bg-hover')}
          >
            <span className="min-w-0 flex-1 truncate font-medium">{organization.name}</span>
            <span className="text-sm text-muted">{t(`shell.organizations.role.${organization.role}`)}</span>
            <Check
              aria-hidden
              size={16}
              className={cn('shrink-0 text-accent', organization.id !== current && 'invisible')}
            />
          </div>
        ))}
      </div>
      <div className="border-t border-border p-1">
        {me?.organization && (
          <Link to="/organization" onClick={onClose} className={cn(rowStyle, 'hover:bg-hover')}>
            <Users aria-hidden size={16} className="text-muted" />
            {t('shell.organizations.manage')}
          </Link>
        )}
        <button type="button" onClick={onCreate} className={cn(rowStyle, 'hover:bg-hover')}>
          <Plus aria-hidden size={16} className="text-muted" />
          {t('shell.organizations.create')}
        </button>
      </div>
    </>
  )
}
