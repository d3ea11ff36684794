import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'

const parts = [
  { to: '/templates', name: 'gallery' },
  { to: '/workloads', name: 'workloads' },
] as const

/** The two halves of Templates. They are pages of their own, so these are links that look like tabs. */
export function SectionLinks() {
  const { t } = useTranslation()
  return (
    <nav aria-label={t('templates.parts')} className="mb-4 flex gap-1 border-b border-border">
      {parts.map(({ to, name }) => (
        <Link
          key={to}
          to={to}
          activeOptions={{ exact: true, includeSearch: false }}
          className="-mb-px flex h-9 items-center border-b-2 border-transparent px-3 font-medium text-muted -outline-offset-2 hover:text-text aria-[current=page]:border-accent aria-[current=page]:text-text pointer-coarse:h-11"
        >
          {t(`templates.${name}`)}
        </Link>
      ))}
    </nav>
  )
}
