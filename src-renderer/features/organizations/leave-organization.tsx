import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Me } from '#contract/auth'
import type { Organization } from '#contract/organizations'
import { Button } from '../../components/ui/button.tsx'
import { Card, CardBody, CardHead } from '../../components/ui/card.tsx'
import { LeaveDialog } from './leave-dialog.tsx'

export function LeaveOrganization({ me, organization: { id, name, role } }: { me: Me; organization: Organization }) {
  const { t } = useTranslation()
  const [isAsking, setAsking] = useState(false)
  const isOwner = role === 'owner'
  return (
    <Card aria-labelledby="leave">
      <CardHead id="leave" title={t('organizations.settings.leave')} />
      <CardBody className="flex flex-wrap items-center justify-between gap-3">
        <p className="min-w-0 flex-1 basis-64 text-pretty text-muted">
          {t(isOwner ? 'organizations.settings.leaveOwner' : 'organizations.settings.leaveHelp')}
        </p>
        <Button disabled={isOwner} onClick={() => setAsking(true)}>
          {t('organizations.members.leave')}
        </Button>
      </CardBody>
      <LeaveDialog orgId={id} userId={me.id} name={name} open={isAsking} onOpenChange={setAsking} />
    </Card>
  )
}
