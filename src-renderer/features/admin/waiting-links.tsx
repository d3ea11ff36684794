import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { listWaitingLinks } from '#contract/mail'
import { Badge } from '../../components/ui/badge.tsx'
import { Card, CardBody, CardHead } from '../../components/ui/card.tsx'
import { CopyButton } from '../../components/ui/copy-button.tsx'
import { ErrorState } from '../../components/ui/error-state.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { formatSince } from '../../lib/format.ts'
import { queryFor } from '../../lib/query.ts'

/** Links that no mail could carry: an administrator hands them out. */
export function WaitingLinks() {
  const { t } = useTranslation()
  const links = useQuery({ ...queryFor(listWaitingLinks, {}), refetchInterval: 15_000 })
  return (
    <Card aria-labelledby="links">
      <CardHead id="links" title={t('adminSettings.mail.links')} />
      {links.isPending ? (
        <SkeletonRows rows={2} />
      ) : links.isError ? (
        <ErrorState error={links.error} title={t('admin.failed')} onRetry={() => void links.refetch()} />
      ) : links.data.items.length === 0 ? (
        <CardBody className="text-muted">{t('adminSettings.mail.noLinks')}</CardBody>
      ) : (
        <ul>
          {links.data.items.map(({ id, kind, email, link, expires_at: expires }) => (
            <li key={id} className="flex items-center gap-3 border-b border-border px-4 py-2 last:border-0">
              <Badge>{t(`adminSettings.mail.linkKind.${kind}`)}</Badge>
              <span className="min-w-0 flex-1 truncate">{email}</span>
              <span className="shrink-0 text-sm text-muted max-sm:hidden">
                {t('adminSettings.mail.expires')} {formatSince(expires)}
              </span>
              <CopyButton text={link} label={t('admin.copyLink')} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}
