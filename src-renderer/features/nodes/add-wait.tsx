import { useQuery } from '@tanstack/react-query'
import { CircleCheck } from 'lucide-react'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { type createRegisterToken, type FleetNode, listNodes } from '#contract/nodes'
import type { Output } from '#contract/operation'
import { Button } from '../../components/ui/button.tsx'
import { ButtonLink } from '../../components/ui/button-link.tsx'
import { Card, CardBody } from '../../components/ui/card.tsx'
import { StatusDot } from '../../components/ui/status-dot.tsx'
import { formatDuration } from '../../lib/format.ts'
import { useCan } from '../../lib/me.ts'
import { useNow } from '../../lib/now.ts'
import { queryFor } from '../../lib/query.ts'

/** Events tell it sooner; this is for when one is missed. */
const LOOK_MS = 5000

type Made = Output<typeof createRegisterToken>
type Props = {
  made: Made
  node: FleetNode | undefined
  isRenewing: boolean
  onRenew: () => void
  onAnother: () => void
  onBack: () => void
}

/** The machine that comes with this token, once it is there. Its id is newer than those of others, so it is on the first page. */
export function useArrival(nodeId: string | undefined): FleetNode | undefined {
  const canSee = useCan('nodes.view')
  return useQuery({
    ...queryFor(listNodes, { query: { limit: 200 } }),
    enabled: canSee && nodeId !== undefined,
    refetchInterval: ({ state }) =>
      state.data?.items.some(({ id, state }) => id === nodeId && state === 'healthy') ? false : LOOK_MS,
  }).data?.items.find(({ id }) => id === nodeId)
}

/** Waits for the machine, and says what becomes of it. */
export function AddWait({ made, node, isRenewing, onRenew, onAnother, onBack }: Props) {
  const { t } = useTranslation()
  const now = useNow()
  const canSee = useCan('nodes.view')
  const isThere = node !== undefined
  // On a phone the command filled the screen, and one stood somewhere in it.
  useEffect(() => {
    if (isThere) document.getElementById('main')?.scrollTo({ top: 0 })
  }, [isThere])
  const left = Date.parse(made.expires_at) - now
  if (node?.state === 'healthy') {
    return (
      <Card className="border-running">
        <CardBody className="flex flex-wrap items-center justify-between gap-3">
          <p role="status" className="flex items-center gap-2 font-medium text-running">
            <CircleCheck aria-hidden size={18} className="shrink-0" />
            {t('joining.wait.done', { name: node.name })}
          </p>
          <div className="flex flex-wrap gap-2">
            <Button onClick={onAnother}>{t('joining.wait.another')}</Button>
            <ButtonLink variant="primary" to="/machines/$nodeId" params={{ nodeId: node.id }}>
              {t('joining.wait.open')}
            </ButtonLink>
          </div>
        </CardBody>
      </Card>
    )
  }
  const isExpired = node === undefined && left <= 0
  return (
    <Card>
      <CardBody className="flex flex-wrap items-center justify-between gap-3">
        <div role="status" className="min-w-0">
          {isExpired ? (
            <StatusDot tone="error">{t('joining.wait.expired')}</StatusDot>
          ) : !canSee ? (
            <p className="text-muted">{t('joining.wait.unseen')}</p>
          ) : node?.state === 'unhealthy' ? (
            <StatusDot tone="error">
              {t('joining.wait.unhealthy', { name: node.name, reason: node.state_reason ?? '' })}
            </StatusDot>
          ) : (
            <StatusDot tone="busy">
              {node ? t('joining.wait.joined', { name: node.name }) : t('joining.wait.waiting')}
            </StatusDot>
          )}
        </div>
        <div className="flex flex-wrap gap-2">
          <Button onClick={onBack}>{t('joining.command.change')}</Button>
          {isExpired && (
            <Button variant="primary" pending={isRenewing} onClick={onRenew}>
              {t('joining.wait.again')}
            </Button>
          )}
        </div>
        {node === undefined && !isExpired && (
          <p className="w-full text-sm text-muted">
            {t('joining.wait.waitingHelp')}{' '}
            {/* To the minute while there is time, or a screen reader would never be silent. */}
            <span aria-hidden={left < 60_000}>
              {t('joining.command.left', { time: formatDuration(Math.ceil(left / 1000)) })}
            </span>
          </p>
        )}
      </CardBody>
    </Card>
  )
}
