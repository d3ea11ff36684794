import { useTranslation } from 'react-i18next'
import type { FleetNode } from '#contract/nodes'
import { awaySince } from '../lib/away.ts'
import { formatSince } from '../lib/format.ts'
import { useNow } from '../lib/now.ts'
import { reasonText } from '../lib/reasons.ts'

/** Why a machine is not healthy, in words; since when it is away, in the reader's own time. */
export function useNodeReason(node: Pick<FleetNode, 'state' | 'state_reason' | 'last_seen_at'>): string | null {
  const { t } = useTranslation()
  const now = useNow(60_000)
  const silent = awaySince(node)
  if (silent) return t('states.notReachableSince', { time: formatSince(silent, now) })
  return node.state === 'healthy' || node.state_reason === null ? null : reasonText(node.state_reason)
}
