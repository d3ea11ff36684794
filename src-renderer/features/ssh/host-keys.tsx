import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { CircleAlert } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Output } from '#contract/operation'
import { acceptHostKeys, getNodeSsh } from '#contract/ssh-login'
import { AlertDialog } from '../../components/ui/alert-dialog.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Card, CardBody, CardHead } from '../../components/ui/card.tsx'
import { toast } from '../../components/ui/toast.tsx'
import { useCan } from '../../lib/me.ts'
import { mutationFor, queryFor } from '../../lib/query.ts'
import { Copyable } from './copyable.tsx'

const LIST_KEYS = 'for key in /etc/ssh/ssh_host_*_key.pub; do ssh-keygen -lf "$key"; done'

/** How a machine is recognised, and what to do when it shows another key. */
export function HostKeys({ nodeId }: { nodeId: string }) {
  const { t } = useTranslation()
  const info = useQuery(queryFor(getNodeSsh, { params: { id: nodeId } }))
  const mayAccept = useCan('nodes.update')
  if (!info.data) return null
  const { fingerprints, changed_fingerprints: changed, host_keys: keys } = info.data
  return (
    <Card aria-labelledby="ssh-host-keys">
      <CardHead id="ssh-host-keys" title={t('sshLogin.keys.title')} />
      <CardBody className="flex flex-col gap-4">
        {changed.length > 0 && (
          <div role="alert" className="flex items-start gap-3 rounded-md border border-error/40 bg-sunken p-3">
            <CircleAlert aria-hidden size={18} className="mt-px shrink-0 text-error" />
            <div className="flex min-w-0 flex-col items-start gap-2">
              <p className="font-medium">{t('sshLogin.keys.changed')}</p>
              <p className="max-w-form text-muted">{t('sshLogin.keys.changedHelp')}</p>
              {mayAccept && <AcceptKeys nodeId={nodeId} info={info.data} />}
            </div>
          </div>
        )}
        <p className="max-w-form text-muted">{keys.length > 0 ? t('sshLogin.keys.lead') : t('sshLogin.keys.none')}</p>
        {keys.length > 0 && <Fingerprints all={fingerprints} />}
      </CardBody>
    </Card>
  )
}

function Fingerprints({ all }: { all: readonly string[] }) {
  return (
    <ul className="flex flex-col gap-1">
      {all.map((fingerprint) => (
        <li key={fingerprint} className="font-mono text-sm break-all select-all">
          {fingerprint}
        </li>
      ))}
    </ul>
  )
}

function AcceptKeys({ nodeId, info }: { nodeId: string; info: Output<typeof getNodeSsh> }) {
  const { t } = useTranslation()
  const accept = useMutation(mutationFor(useQueryClient(), acceptHostKeys, [getNodeSsh]))
  const { fingerprints, changed_fingerprints: changed } = info
  return (
    <AlertDialog
      trigger={<Button size="sm">{t('sshLogin.keys.accept')}</Button>}
      title={t('sshLogin.keys.ask')}
      action={t('sshLogin.keys.action')}
      onConfirm={async () => {
        await accept.mutateAsync({ params: { id: nodeId }, body: { fingerprints: changed } })
        toast({ title: t('sshLogin.keys.done'), tone: 'done' })
      }}
    >
      <p className="font-medium text-text">{t('sshLogin.keys.before')}</p>
      <Fingerprints all={fingerprints} />
      <p className="font-medium text-text">{t('sshLogin.keys.now')}</p>
      <Fingerprints all={changed} />
      <p>{t('sshLogin.keys.compare')}</p>
      <Copyable text={LIST_KEYS} copy={t('sshLogin.keys.copyCompare')} />
    </AlertDialog>
  )
}
