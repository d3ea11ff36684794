import { useTranslation } from 'react-i18next'
import { Card, CardBody, CardHead } from '../../components/ui/card.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { formatDate } from '../../lib/format.ts'
import { useMe } from '../../lib/me.ts'
import { OwnOrganizations } from './own-organizations.tsx'

/** Who one is here, and where one belongs. */
export function ProfilePage() {
  const { t } = useTranslation()
  const me = useMe()
  const facts = me
    ? [
        { name: t('settings.profile.email'), value: me.email },
        { name: t('settings.profile.platform'), value: t(`settings.profile.platformRole.${me.platform_role}`) },
        { name: t('settings.profile.since'), value: formatDate(me.created_at) },
      ]
    : undefined
  return (
    <>
      <Card aria-labelledby="account">
        <CardHead id="account" title={t('settings.profile.account')} />
        <CardBody>
          {facts ? (
            <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-2">
              {facts.map(({ name, value }) => (
                <div key={name} className="col-span-2 grid grid-cols-subgrid">
                  <dt className="text-muted">{name}</dt>
                  <dd className="min-w-0 break-words">{value}</dd>
                </div>
              ))}
            </dl>
          ) : (
            <Skeleton className="h-19 w-64" />
          )}
        </CardBody>
      </Card>
      <OwnOrganizations />
    </>
  )
}
