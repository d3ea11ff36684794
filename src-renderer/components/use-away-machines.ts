import { useQuery } from '@tanstack/react-query'
import type { Output } from '#contract/operation'
import { listNodes } from '#contract/nodes'
import { awaySince } from '../lib/away.ts'
import { useCan } from '../lib/me.ts'
import { queryFor } from '../lib/query.ts'

/** Machines of which nothing is heard, and since when; an empty text where that is not known. */
export type AwayMachines = Readonly<Record<string, string>>
const none: AwayMachines = {}

function pickAway({ items }: Output<typeof listNodes>): AwayMachines {
  const away: Record<string, string> = {}
  for (const node of items) {
    const since = awaySince(node)
    if (since !== undefined) away[node.id] = since ?? ''
  }
  return away
}

/** Which machines are not reachable: what we show of their servers is what was last heard. */
export function useAwayMachines(): AwayMachines {
  const seesMachines = useCan('nodes.view')
  const list = useQuery({
    ...queryFor(listNodes, { query: { limit: 200 } }),
    enabled: seesMachines,
    select: pickAway,
  })
  return list.data ?? none
}
