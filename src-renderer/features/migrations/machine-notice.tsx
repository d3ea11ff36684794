import { Link } from '@tanstack/react-router'
import { CircleSlash } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { FleetNode } from '#contract/nodes'
import { Button } from '../../components/ui/button.tsx'
import { useCan } from '../../lib/me.ts'
import { useScheduling } from './machine-menu.tsx'

/** Says above all else that a machine is out of use, and how to change that. */
export function MachineNotice({ node }: { node: FleetNode }) {
  const { t } = useTranslation()
  const mayChange = useCan('nodes.drain')
  const { isPending, uncordon } = useScheduling(node)
  if (!node.cordoned && !node.draining) return null
  return (
    <div
      role="status"
      className="mb-4 flex flex-wrap items-center gap-x-3 gap-y-2 rounded-md border border-border bg-stopped-soft px-3 py-2"
    >
      <CircleSlash aria-hidden size={16} className="shrink-0 text-muted" />
      <span className="min-w-0 flex-1 basis-60 text-pretty">
        {t(node.draining ? 'migrations.machine.drainingNotice' : 'migrations.machine.cordonedNotice')}
      </span>
      {node.draining && (
        <Link to="/moves" search={{ node_id: node.id }} className="rounded-sm text-accent hover:underline">
          {t('migrations.machine.seeMoves')}
        </Link>
      )}
      {mayChange && (
        <Button size="sm" pending={isPending} onClick={uncordon}>
          {t(node.draining ? 'migrations.machine.stopDraining' : 'migrations.machine.uncordon')}
        </Button>
      )}
    </div>
  )
}
