import { useTranslation } from 'react-i18next'
import type { FleetNode } from '#contract/nodes'
import { StatusDot, type Tone } from './ui/status-dot.tsx'

const tones: Record<FleetNode['state'], Tone> = { healthy: 'running', unhealthy: 'error', offline: 'unknown' }

/** A machine's state as a dot and a word. What is being done with it comes before how it feels. */
export function NodeStatus({
  node,
  className,
}: {
  node: Pick<FleetNode, 'state' | 'cordoned' | 'draining'>
  className?: string
}) {
  const { t } = useTranslation()
  const isHealthy = node.state === 'healthy'
  const word = isHealthy && node.draining ? 'draining' : isHealthy && node.cordoned ? 'cordoned' : node.state
  const tone = word === 'draining' ? 'busy' : word === 'cordoned' ? 'stopped' : tones[node.state]
  return (
    <StatusDot tone={tone} {...(className && { className })}>
      {t(`states.node.${word}`)}
    </StatusDot>
  )
}
