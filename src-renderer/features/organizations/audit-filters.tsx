import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { SearchField } from '../../components/search-field.tsx'
import { Select } from '../../components/ui/select.tsx'
import { auditNouns, auditOutcomes, type AuditSearch, auditTimes } from './audit-filter.ts'

type Props = {
  value: AuditSearch
  onChange: (change: { [K in keyof AuditSearch]: AuditSearch[K] | undefined }) => void
}

export function AuditFilters({ value: { actor, action, outcome, time }, onChange }: Props) {
  const { t } = useTranslation()
  const search = useCallback((text: string) => onChange({ actor: text === '' ? undefined : text }), [onChange])
  return (
    <div className="mb-3 flex flex-wrap items-center gap-2">
      <SearchField label={t('organizations.audit.actor')} value={actor ?? ''} onValueChange={search} />
      <Select
        label={t('organizations.audit.action')}
        className="w-auto min-w-36 max-sm:flex-1"
        value={action ?? 'any'}
        onValueChange={(next) => onChange({ action: next === 'any' ? undefined : next })}
        options={[
          { value: 'any' as const, label: t('organizations.audit.anyAction') },
          ...auditNouns.map((noun) => ({ value: noun, label: t(`organizations.audit.nouns.${noun}`) })),
        ]}
      />
      <Select
        label={t('organizations.audit.outcome')}
        className="w-auto min-w-36 max-sm:flex-1"
        value={outcome ?? 'any'}
        onValueChange={(next) => onChange({ outcome: next === 'any' ? undefined : next })}
        options={[
          { value: 'any' as const, label: t('organizations.audit.anyOutcome') },
          ...auditOutcomes.map((option) => ({ value: option, label: t(`organizations.audit.outcomes.${option}`) })),
        ]}
      />
      <Select
        label={t('organizations.audit.time')}
        className="w-auto min-w-36 max-sm:flex-1"
        value={time ?? 'all'}
        onValueChange={(next) => onChange({ time: next === 'all' ? undefined : next })}
        options={(['all', ...auditTimes] as const).map((option) => ({
          value: option,
          label: t(`organizations.audit.times.${option}`),
        }))}
      />
    </div>
  )
}
