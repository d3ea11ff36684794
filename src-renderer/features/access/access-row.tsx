import { ChevronDown, UserMinus } from 'lucide-react'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { InstanceAccess } from '#contract/access'
import type { Instance } from '#contract/instances'
import { Badge } from '../../components/ui/badge.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { cn } from '../../lib/cn.ts'
import { formatDate } from '../../lib/format.ts'
import { useMe } from '../../lib/me.ts'
import { PresetSelect } from './preset-select.tsx'
import { mayGive, presetOf } from './presets.ts'
import { RightsChecks } from './rights-checks.tsx'
import type { useAccess } from './use-access.ts'

type Props = { person: InstanceAccess; instance: Instance; access: ReturnType<typeof useAccess> }

export function AccessRow({ person, instance, access }: Props) {
  const { t } = useTranslation()
  const me = useMe()
  const panel = useId()
  const { email, permissions, created_at: since } = person
  const [isOpen, setOpen] = useState(presetOf(permissions) === undefined)
  const isMe = person.user_id === me?.id
  // Whoever may do more here than the one who looks is not theirs to change; nor is oneself.
  const mayChange = !isMe && mayGive(permissions, instance.rights)
  const label = t('access.rightsOf', { email })
  const isBusy = access.busy === person.user_id
  return (
    <li className="border-b border-border px-4 py-2.5 last:border-0">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <div className="min-w-0 flex-1 basis-48">
          <p className="flex items-center gap-2">
            <span className="truncate font-medium">{email}</span>
            {isMe && <Badge tone="outline">{t('access.you')}</Badge>}
          </p>
          <p className="text-sm text-muted">{t('access.since', { date: formatDate(since) })}</p>
        </div>
        <div className="flex items-center gap-1">
          <PresetSelect
            className="w-40"
            label={label}
            value={permissions}
            held={instance.rights}
            disabled={!mayChange || isBusy}
            onChange={(next) => access.change(person, next)}
            onCustom={() => setOpen(true)}
          />
          <IconButton
            icon={ChevronDown}
            label={label}
            aria-expanded={isOpen}
            aria-controls={panel}
            onClick={() => setOpen(!isOpen)}
            className={cn('transition-transform', isOpen && 'rotate-180')}
          />
          {(mayChange || isMe) && (
            <IconButton
              icon={UserMinus}
              label={t('access.remove', { email })}
              pending={isBusy}
              onClick={() => access.end(person)}
            />
          )}
        </div>
      </div>
      {isOpen && (
        <div id={panel} className="mt-3 mb-1 rounded-md border border-border bg-sunken p-3">
          <RightsChecks
            label={label}
            value={permissions}
            held={instance.rights}
            disabled={!mayChange || isBusy}
            onChange={(next) => access.change(person, next)}
          />
        </div>
      )}
    </li>
  )
}
