import { useInfiniteQuery } from '@tanstack/react-query'
import { CircleAlert, CircleCheck, Plus } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { FleetNode } from '#contract/nodes'
import { listCertificates } from '#contract/ssh'
import { Button } from '../../components/ui/button.tsx'
import { Card, CardBody, CardHead } from '../../components/ui/card.tsx'
import { useCan } from '../../lib/me.ts'
import { pagesFor } from '../../lib/query.ts'
import { CertificateDetails } from './certificate-details.tsx'
import { CertificateTable } from './certificate-table.tsx'
import { Copyable } from './copyable.tsx'
import { GetCertificate } from './get-certificate.tsx'
import { HostKeys } from './host-keys.tsx'
import { loginCommand } from './login-command.ts'
import { OpenShell } from './open-shell.tsx'
import { OwnClient } from './own-client.tsx'

/** How SSH certificates stand on a machine, and the way to one. */
export function SshTab({ node }: { node: FleetNode }) {
  const { t } = useTranslation()
  const mayRoot = useCan('nodes.ssh.root')
  const [isAsking, setAsking] = useState(false)
  const [shown, setShown] = useState<string>()
  const list = useInfiniteQuery(pagesFor(listCertificates, { query: { limit: 50, node_id: node.id } }))
  const { ssh } = node.features
  const [login, setLogin] = useState(mayRoot ? 'root' : 'deploy')
  return (
    <div className="flex flex-col gap-4">
      {ssh && <OpenShell node={node} login={login} onLogin={setLogin} />}
      <Card aria-labelledby="ssh-trust">
        <CardHead
          id="ssh-trust"
          title={t('ssh.tab.title')}
          action={
            <Button variant={ssh ? 'secondary' : 'primary'} size="sm" onClick={() => setAsking(true)}>
              <Plus aria-hidden size={14} /> {t('ssh.get')}
            </Button>
          }
        />
        <CardBody className="flex flex-col gap-4">
          <Trust ssh={ssh} />
          {ssh && (
            <dl className="grid grid-cols-[minmax(0,auto)_minmax(0,1fr)] gap-x-6 gap-y-2">
              <dt className="text-muted">{t('ssh.tab.port')}</dt>
              <dd className="tabular">{ssh.port}</dd>
              {ssh.is_managed && (
                <>
                  <dt className="text-muted">{t('ssh.tab.list')}</dt>
                  <dd>
                    {ssh.krl_version === null
                      ? t('ssh.tab.noList')
                      : t('ssh.tab.version', { version: ssh.krl_version })}
                  </dd>
                </>
              )}
            </dl>
          )}
          {ssh && (
            <div className="max-w-form">
              <p className="font-medium">{t('ssh.tab.login')}</p>
              <p className="mb-2 text-sm text-muted">{t('ssh.tab.loginHelp')}</p>
              <Copyable text={loginCommand(login || 'deploy', node)} copy={t('ssh.tab.copyLogin')} />
            </div>
          )}
        </CardBody>
      </Card>
      {ssh && <HostKeys nodeId={node.id} />}
      {ssh && <OwnClient name={node.name} login={login} />}
      {list.data && list.data.length > 0 && (
        <Card aria-labelledby="ssh-here" className="overflow-clip">
          <CardHead id="ssh-here" title={t('ssh.tab.mine')} />
          <CertificateTable rows={list.data} onOpen={({ id }) => setShown(id)} />
        </Card>
      )}
      {isAsking && <GetCertificate nodeId={node.id} onClose={() => setAsking(false)} />}
      {shown && <CertificateDetails id={shown} onClose={() => setShown(undefined)} />}
    </div>
  )
}

function Trust({ ssh }: { ssh: FleetNode['features']['ssh'] }) {
  const { t } = useTranslation()
  if (!ssh?.is_managed) return <Note title={t('ssh.tab.unmanaged')}>{t('ssh.tab.unmanagedHelp')}</Note>
  if (ssh.trusts_ca && ssh.problem === null) {
    return (
      <Note title={t('ssh.tab.trusts')} isFine>
        {t('ssh.tab.trustsHelp')}
      </Note>
    )
  }
  return <Note title={t('ssh.tab.broken')}>{ssh.problem ?? t('ssh.tab.waiting')}</Note>
}

function Note({ title, isFine = false, children }: { title: string; isFine?: boolean; children: ReactNode }) {
  const Icon = isFine ? CircleCheck : CircleAlert
  return (
    <div className="flex items-start gap-3">
      <Icon aria-hidden size={18} className={isFine ? 'mt-px shrink-0 text-running' : 'mt-px shrink-0 text-busy'} />
      <div className="min-w-0">
        <p className="font-medium">{title}</p>
        <p className="max-w-form break-words text-muted">{children}</p>
      </div>
    </div>
  )
}
