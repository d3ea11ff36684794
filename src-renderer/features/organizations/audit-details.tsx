import { useTranslation } from 'react-i18next'
import type { AuditLog } from '#contract/audit'
import { formatDateTime } from '../../lib/format.ts'
import { readDetails } from './audit-filter.ts'

/** Everything that is known about one line of the activity log. */
export function AuditDetails({ entry }: { entry: AuditLog }) {
  const { t } = useTranslation()
  const { at, action, ip, reason, details, actor_type: type, actor_name: actor } = entry
  const who =
    type === 'system'
      ? t('organizations.audit.system')
      : type === 'agent'
        ? t('organizations.audit.agent', { name: actor ?? t('organizations.audit.unnamed') })
        : (actor ?? t('organizations.audit.unnamed'))
  const subject = [entry.subject_type, entry.subject_name, entry.subject_id].filter(Boolean).join(' · ')
  const facts: [string, string | null][] = [
    [t('organizations.audit.at'), formatDateTime(at)],
    [t('organizations.audit.actorField'), who],
    [t('organizations.audit.action'), action],
    [t('organizations.audit.subject'), subject],
    [t('organizations.audit.from'), ip],
    [t('organizations.audit.outcome'), t(`organizations.audit.outcomes.${entry.outcome}`)],
    [t('organizations.audit.reason'), reason],
  ]
  const changes = details === null ? [] : readDetails(details)
  return (
    <dl className="grid gap-x-6 gap-y-1 text-sm sm:grid-cols-[8rem_minmax(0,1fr)]">
      {facts.map(([name, text]) => text && <Fact key={name} name={name} text={text} />)}
      {changes.length > 0 && (
        <>
          <dt className="text-muted">{t('organizations.audit.changes')}</dt>
          <dd className="font-mono break-words select-text">
            {changes.map(([name, text]) => (
              <span key={name} className="block">
                {name && <span className="text-muted">{name}: </span>}
                {text}
              </span>
            ))}
          </dd>
        </>
      )}
    </dl>
  )
}

function Fact({ name, text }: { name: string; text: string }) {
  return (
    <>
      <dt className="text-muted max-sm:mt-1">{name}</dt>
      <dd className="break-words select-text">{text}</dd>
    </>
  )
}
