import { useInfiniteQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { listInstances } from '#contract/instances'
import { pagesFor } from '../../lib/query.ts'

/** Names of the servers on a machine, of those that one may see. */
export function useServerNames(nodeId: string): ReadonlyMap<string, string> {
  const { data } = useInfiniteQuery(pagesFor(listInstances, { query: { node_id: nodeId, limit: 200 } }))
  return useMemo(() => new Map(data?.map(({ id, name }) => [id, name])), [data])
}
