import { Link } from '@tanstack/react-router'
import { Server } from 'lucide-react'
import { useTranslation } from 'react-i18next'

/** To the server that something belongs to. Whoever may not see it is told only that there is one. */
export function ServerLink({ id, names }: { id: string; names: ReadonlyMap<string, string> }) {
  const { t } = useTranslation()
  const name = names.get(id)
  if (name === undefined) return <span className="text-muted">{t('inventory.someServer')}</span>
  return (
    <Link
      to="/servers/$instanceId"
      params={{ instanceId: id }}
      className="inline-flex max-w-full items-center gap-1 rounded-sm text-accent hover:underline"
    >
      <Server aria-hidden size={14} className="shrink-0" />
      <span className="truncate">{name}</span>
    </Link>
  )
}
