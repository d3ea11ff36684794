import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { updateAgent } from '#contract/install'
import { type FleetNode, getNode, listNodes } from '#contract/nodes'
import { Button } from '../../components/ui/button.tsx'
import { Card, CardBody, CardHead } from '../../components/ui/card.tsx'
import { Spinner } from '../../components/ui/spinner.tsx'
import { toastError } from '../../components/ui/toast.tsx'
import { useCan } from '../../lib/me.ts'
import { mutationFor } from '../../lib/query.ts'

/** A newer agent that a machine can take, how taking it goes, and why it did not. Nothing where there is nothing to tell. */
export function AgentUpdate({ node }: { node: FleetNode }) {
  const { t } = useTranslation()
  const mayUpdate = useCan('nodes.update')
  const update = useMutation({
    ...mutationFor(useQueryClient(), updateAgent, [listNodes, getNode]),
    onError: (error) => void toastError(t('nodes.update.notBegun'), error),
  })
  const available = node.update_available
  const current = node.agent_version ?? ''
  const going = node.features.update
  if (!available && !going) return null
  const stage = going && going.state !== 'failed' ? going.state : undefined
  return (
    <Card aria-labelledby="agent-update">
      <CardHead id="agent-update" title={t('nodes.update.title')} />
      <CardBody className="flex flex-col items-start gap-3">
        {going && stage ? (
          <p role="status" className="flex items-center gap-2">
            <Spinner />
            {t(`nodes.update.${stage}`, { version: going.version })}
          </p>
        ) : (
          <>
            {going && <p className="text-error">{t('nodes.update.failed', { version: going.version, current })}</p>}
            {going?.reason && <p className="break-words text-muted">{going.reason}</p>}
            {!going && available && (
              <p className="text-muted">{t('nodes.update.available', { version: available, current })}</p>
            )}
            {available && mayUpdate && (
              <Button
                pending={update.isPending}
                disabled={node.state === 'offline'}
                onClick={() => update.mutate({ params: { id: node.id } })}
              >
                {t(going ? 'nodes.update.again' : 'nodes.update.button')}
              </Button>
            )}
          </>
        )}
      </CardBody>
    </Card>
  )
}

/** Above the list, when several machines can take a newer agent. */
export function UpdateAgents({ nodes }: { nodes: readonly FleetNode[] }) {
  const { t } = useTranslation()
  const mayUpdate = useCan('nodes.update')
  const update = useMutation(mutationFor(useQueryClient(), updateAgent, [listNodes, getNode]))
  const behind = nodes.filter(
    ({ update_available, features, state }) =>
      update_available !== null && state !== 'offline' && (!features.update || features.update.state === 'failed'),
  )
  if (behind.length < 2 || !mayUpdate) return null
  return (
    <div className="flex flex-wrap items-center justify-between gap-3 pb-3">
      <p className="text-muted">
        {t('nodes.update.several', { count: behind.length, version: behind[0]?.update_available ?? '' })}
      </p>
      <Button
        pending={update.isPending}
        onClick={() =>
          void Promise.allSettled(behind.map(({ id }) => update.mutateAsync({ params: { id } }))).then((all) => {
            const refused = all.find((one) => one.status === 'rejected')
            if (refused) toastError(t('nodes.update.notBegun'), refused.reason)
          })
        }
      >
        {t('nodes.update.all', { count: behind.length })}
      </Button>
    </div>
  )
}
