import { getRouteApi, Link } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { PageHead } from '../../components/ui/page-head.tsx'
import { Select } from '../../components/ui/select.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { Lock } from 'lucide-react'
import { useMe } from '../../lib/me.ts'
import { type Section, sectionIcons, sections } from './sections.ts'

const route = getRouteApi('/shell/admin')

const panels = {
  overview: lazy(async () => ({ default: (await import('./overview-section.tsx')).OverviewSection })),
  users: lazy(async () => ({ default: (await import('./users-section.tsx')).UsersSection })),
  organizations: lazy(async () => ({ default: (await import('./organizations-section.tsx')).OrganizationsSection })),
  audit: lazy(async () => ({ default: (await import('./audit-section.tsx')).AuditSection })),
  network: lazy(async () => ({ default: (await import('./network-section.tsx')).NetworkSection })),
  tunnel: lazy(async () => ({ default: (await import('./tunnel-section.tsx')).TunnelSection })),
  sshCa: lazy(async () => ({ default: (await import('./ssh-ca-section.tsx')).SshCaSection })),
  signIn: lazy(async () => ({ default: (await import('./sign-in-section.tsx')).SignInSection })),
  mail: lazy(async () => ({ default: (await import('./mail-section.tsx')).MailSection })),
  logs: lazy(async () => ({ default: (await import('./logs-section.tsx')).LogsSection })),
  backup: lazy(async () => ({ default: (await import('./backup-section.tsx')).BackupSection })),
  support: lazy(async () => ({ default: (await import('./support-section.tsx')).SupportSection })),
} satisfies Record<Section, unknown>

/** The whole installation, for its administrators: a list of parts at the left, the chosen one beside it. */
export function AdminPage() {
  const { t } = useTranslation()
  const { section = 'overview' } = route.useSearch()
  const me = useMe()
  const Panel = panels[section]
  if (me && me.platform_role !== 'admin') {
    return (
      <EmptyState icon={Lock} title={t('admin.notForYou')}>
        {t('admin.notForYouHelp')}
      </EmptyState>
    )
  }
  return (
    <>
      <PageHead title={t('admin.title')} state={t(`admin.about.${section}`)} />
      <div className="flex flex-col gap-4 lg:flex-row lg:gap-8">
        <SectionNav section={section} />
        <div className="min-w-0 flex-1">
          <Suspense fallback={<SkeletonRows rows={6} className="rounded-lg border border-border bg-surface" />}>
            <Panel />
          </Suspense>
        </div>
      </div>
    </>
  )
}

function SectionNav({ section }: { section: Section }) {
  const { t } = useTranslation()
  const navigate = route.useNavigate()
  return (
    <nav aria-label={t('admin.title')} className="shrink-0 lg:w-44">
      <Select
        className="lg:hidden"
        label={t('admin.title')}
        value={section}
        onValueChange={(next) => void navigate({ search: { section: next } })}
        options={sections.map((value) => ({ value, label: t(`admin.sections.${value}`) }))}
      />
      <ul className="flex flex-col gap-0.5 max-lg:hidden">
        {sections.map((name) => {
          const Icon = sectionIcons[name]
          return (
            <li key={name}>
              <Link
                to="/admin"
                search={{ section: name }}
                aria-current={name === section ? 'page' : undefined}
                className="flex h-8 items-center gap-2.5 rounded-md px-2 font-medium text-muted transition-colors hover:bg-hover hover:text-text aria-[current=page]:bg-active aria-[current=page]:text-text"
              >
                <Icon aria-hidden size={16} className="shrink-0" />
                <span className="truncate">{t(`admin.sections.${name}`)}</span>
              </Link>
            </li>
          )
        })}
      </ul>
    </nav>
  )
}
