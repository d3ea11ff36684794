import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { getInventoryProcesses, killProcess, type MachineProcess } from '#contract/inventory'
import type { FleetNode } from '#contract/nodes'
import { AlertDialog } from '../../components/ui/alert-dialog.tsx'
import { Checkbox } from '../../components/ui/checkbox.tsx'
import { toast } from '../../components/ui/toast.tsx'
import { formatDateTime } from '../../lib/format.ts'
import { mutationFor } from '../../lib/query.ts'
import { Fact } from './facts.tsx'

type Props = { node: FleetNode; process: MachineProcess; onClose: () => void }

/** Says what it is before it is ended. Whoever means it harder has to say so. */
export function EndProcess({ node, process, onClose }: Props) {
  const { t } = useTranslation()
  const [isKill, setKill] = useState(false)
  const end = useMutation(mutationFor(useQueryClient(), killProcess, [getInventoryProcesses]))
  const { pid, name, user, command, started, started_at } = process
  return (
    <AlertDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('inventory.end.title', { name })}
      action={t(isKill ? 'inventory.end.kill' : 'inventory.end.end')}
      onConfirm={async () => {
        await end.mutateAsync({
          params: { id: node.id, pid },
          body: { started_at, signal: isKill ? 'SIGKILL' : 'SIGTERM' },
        })
        toast({ title: t(isKill ? 'inventory.end.killed' : 'inventory.end.asked', { name }), tone: 'done' })
      }}
    >
      <p>{t('inventory.end.lead', { machine: node.name })}</p>
      <dl className="rounded-md border border-border px-3 py-1 text-text">
        <Fact name={t('inventory.processes.pid')} isMono>
          {pid}
        </Fact>
        <Fact name={t('inventory.processes.user')}>{user}</Fact>
        <Fact name={t('inventory.processes.started')}>{formatDateTime(started)}</Fact>
        <Fact name={t('inventory.processes.command')} isMono>
          <span className="line-clamp-4 break-all">{command}</span>
        </Fact>
      </dl>
      <Checkbox
        checked={isKill}
        onCheckedChange={setKill}
        label={t('inventory.end.atOnce')}
        help={t('inventory.end.atOnceHelp')}
      />
    </AlertDialog>
  )
}
