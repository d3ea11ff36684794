import { SlidersHorizontal } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Me } from '#contract/auth'
import type { MemberPermissions } from '#contract/members'
import { Card, CardHead } from '../../components/ui/card.tsx'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { Switch } from '../../components/ui/switch.tsx'
import { groupRights } from './rights.ts'
import { RightRow } from './right-row.tsx'
import { useSetRight } from './use-set-right.ts'

type Props = { me: Me; orgId: string; rights: MemberPermissions; isReadOnly: boolean; shares: number }

/** Every permission by what it is about: what the role gives, what was set, and what comes of it. */
export function RightsEditor({ me, orgId, rights, isReadOnly, shares }: Props) {
  const { t } = useTranslation()
  const [isOnlyChanged, setOnlyChanged] = useState(false)
  const { set, pending } = useSetRight(orgId, rights.user_id)
  const changed = rights.items.filter(({ effect }) => effect !== null)
  const groups = groupRights(isOnlyChanged ? changed : rights.items)
  return (
    <div className="flex max-w-220 flex-col gap-4">
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2">
        <div className="min-w-0 flex-1 basis-80 text-pretty text-muted">
          <p>
            {isReadOnly
              ? t(rights.role === 'owner' ? 'organizations.rights.readOnlyOwner' : 'organizations.rights.readOnly')
              : t('organizations.rights.lead')}
          </p>
          {shares > 0 && <p>{t('organizations.rights.shares', { count: shares })}</p>}
        </div>
        {rights.role !== 'owner' && (
          <Switch
            checked={isOnlyChanged}
            onCheckedChange={setOnlyChanged}
            label={t('organizations.rights.onlyChanged')}
            help={t('organizations.rights.changed', { count: changed.length })}
          />
        )}
      </div>
      {groups.length === 0 && (
        <Card>
          <EmptyState icon={SlidersHorizontal} title={t('organizations.rights.noneChanged')} />
        </Card>
      )}
      {groups.map(({ noun, items }) => (
        <Card key={noun} aria-labelledby={`rights-${noun}`} className="overflow-clip">
          <CardHead id={`rights-${noun}`} title={t(`permissions.nouns.${noun}`)} />
          <ul>
            {items.map((right) => (
              <RightRow
                key={right.key}
                right={right}
                role={rights.role}
                isReadOnly={isReadOnly}
                mayAllow={me.everywhere.includes(right.key)}
                pending={pending?.key === right.key ? pending : undefined}
                onChange={(effect) => set(right, effect)}
              />
            ))}
          </ul>
        </Card>
      ))}
    </div>
  )
}
