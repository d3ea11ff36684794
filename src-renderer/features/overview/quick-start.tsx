import { ArrowRight } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { ButtonLink } from '../../components/ui/button-link.tsx'

/** What to do when there is no server yet. */
export function QuickStart({ isReady }: { isReady: boolean }) {
  const { t } = useTranslation()
  return (
    <section aria-labelledby="start" className="rounded-lg border border-border bg-surface p-5 sm:p-6">
      <h2 id="start" className="text-title font-semibold">
        {t('overview.startTitle')}
      </h2>
      <p className="mt-1 max-w-form text-pretty text-muted">
        {t(isReady ? 'overview.startLead' : 'overview.startLeadNoMachine')}
      </p>
      <ol className="my-5 grid gap-4 sm:grid-cols-3">
        {([1, 2, 3] as const).map((step) => (
          <li key={step} className="flex gap-3">
            <span
              aria-hidden
              className="grid size-6 shrink-0 place-items-center rounded-full bg-accent-soft text-sm font-semibold text-accent"
            >
              {step}
            </span>
            <div>
              <h3 className="font-medium">{t(`overview.step${step}`)}</h3>
              <p className="text-pretty text-muted">{t(`overview.step${step}Help`)}</p>
            </div>
          </li>
        ))}
      </ol>
      <ButtonLink to="/templates" variant="primary" size="lg">
        {t('overview.openGallery')}
        <ArrowRight aria-hidden size={16} />
      </ButtonLink>
    </section>
  )
}
