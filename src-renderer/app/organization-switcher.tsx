import { ChevronsUpDown } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Popover } from '../components/ui/popover.tsx'
import { loadWords } from '../lib/i18n.ts'
import { useMe } from '../lib/me.ts'
import { OrganizationList } from './organization-list.tsx'

const CreateOrganization = lazy(async () => {
  const [dialog] = await Promise.all([
    import('../features/organizations/create-organization.tsx'),
    loadWords('organizations'),
  ])
  return { default: dialog.CreateOrganization }
})

/** Which organization everything on screen belongs to, and the way to another. */
export function OrganizationSwitcher() {
  const { t } = useTranslation()
  const me = useMe()
  const [isOpen, setOpen] = useState(false)
  const [isCreating, setCreating] = useState(false)
  const name = me?.organization?.name ?? t('shell.organizations.none')
  if (!me) return null
  return (
    <>
      <Popover
        align="start"
        label={t('shell.organizations.label')}
        open={isOpen}
        onOpenChange={setOpen}
        className="flex w-72 flex-col p-0"
        trigger={
          <button
            type="button"
            aria-label={t('shell.organizations.choose', { name })}
            className="-mx-2 flex h-8 min-w-0 items-center gap-1.5 rounded-md px-2 font-medium transition-colors hover:bg-hover data-popup-open:bg-hover pointer-coarse:h-10"
          >
            <span className="truncate">{name}</span>
            <ChevronsUpDown aria-hidden size={14} className="shrink-0 text-muted" />
          </button>
        }
      >
        <OrganizationList
          onClose={() => setOpen(false)}
          onCreate={() => {
            setOpen(false)
            setCreating(true)
          }}
        />
      </Popover>
      <Suspense>{isCreating && <CreateOrganization open onOpenChange={setCreating} />}</Suspense>
    </>
  )
}
