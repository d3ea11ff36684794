import { useInfiniteQuery } from '@tanstack/react-query'
import { getLogHistory } from '#contract/console'
import type { Output } from '#contract/operation'
import { call } from '../../lib/api.ts'

export type LogPage = Output<typeof getLogHistory>
type Place = { before?: number; after?: number }

const LINES = 300
/** What is kept of a long walk through the log; the other end is loaded again on the way back. */
const PAGES = 12

/** The log in pages of lines, both ways from where one begins: the newest, or a place that was asked for. Each round begins anew. */
export function useLog(id: string, search: string, around: number | undefined, round: number) {
  return useInfiniteQuery({
    queryKey: [getLogHistory.schema.operationId, { params: { id }, search, around, round }] as const,
    queryFn: ({ pageParam, signal }): Promise<LogPage> =>
      call(
        getLogHistory,
        { params: { id }, query: { ...pageParam, limit: LINES, ...(search && { search }) } },
        { signal },
      ),
    initialPageParam: (around === undefined ? {} : { before: around }) as Place,
    getPreviousPageParam: ({ before }): Place | undefined => (before === null ? undefined : { before }),
    getNextPageParam: ({ after }): Place | undefined => (after === null ? undefined : { after }),
    maxPages: PAGES,
    // A log is not a result that goes stale as a whole: one asks for more of it, or for its end again.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
  })
}
