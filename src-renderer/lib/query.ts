import { infiniteQueryOptions, keepPreviousData, QueryCache, QueryClient, queryOptions } from '@tanstack/react-query'
import { getMe } from '#contract/auth'
import type { Input, Operation, Output } from '#contract/operation'
import { ApiError, call } from './api.ts'

/** `useQuery(queryFor(listNodes, {}))`. The key is the operation's own name, so no key is ever typed by hand. */
export const queryFor = <O extends Operation>(op: O, input: Input<O>) =>
  queryOptions({
    queryKey: [op.schema.operationId, input] as const,
    queryFn: ({ signal }): Promise<Output<O>> => call(op, input, { signal }),
  })

type Paged<O extends Operation> = Output<O> extends { items: (infer T)[]; next_cursor: string | null } ? T : never

/** `useInfiniteQuery(pagesFor(listActivity, {}))`; `data` is every loaded page's items in one array. */
export const pagesFor = <O extends Operation>(op: O, input: Input<O>) =>
  infiniteQueryOptions({
    queryKey: [op.schema.operationId, input, 'pages'] as const,
    queryFn: async ({ signal, pageParam }): Promise<{ items: Paged<O>[]; next_cursor: string | null }> => {
      const query = { ...(input as { query?: object }).query, ...(pageParam && { cursor: pageParam }) }
      return (await call(op, { ...(input as object), query } as Input<O>, { signal })) as never
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    select: (data) => data.pages.flatMap((page) => page.items),
    placeholderData: keepPreviousData,
  })

/** Asks again for what these operations told. Settles when it is fresh. */
export const refreshAll = (client: QueryClient, stale: readonly Operation[]) =>
  Promise.all(stale.map(({ schema }) => client.invalidateQueries({ queryKey: [schema.operationId] })))

/** `useMutation(mutationFor(useQueryClient(), createNode, [listNodes]))`. Settles when what it made stale is fresh again. */
export const mutationFor = <O extends Operation>(
  client: QueryClient,
  op: O,
  invalidates: readonly Operation[] = [],
) => ({
  mutationKey: [op.schema.operationId] as const,
  mutationFn: (input: Input<O>): Promise<Output<O>> => call(op, input),
  onSettled: () => refreshAll(client, invalidates),
})

const mayRecover = (error: unknown) =>
  error instanceof ApiError && (error.status === 0 || error.status === 429 || error.status >= 502)

/** Events say what is out of date, so results stay fresh for long; `always`, for a PC without internet still has this server. */
export function makeQueryClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        // Who must set up a second factor since a moment ago learns it from their own account.
        if (error instanceof ApiError && error.problem.code === 'mfa_enrollment_required') {
          void client.invalidateQueries({ queryKey: [getMe.schema.operationId] })
        }
      },
    }),
    defaultOptions: {
      queries: {
        networkMode: 'always',
        staleTime: 60_000,
        gcTime: 5 * 60_000,
        refetchOnWindowFocus: true,
        retry: (count, error) => count < 3 && mayRecover(error),
        retryDelay: (count) => Math.min(500 * 2 ** count, 8_000) * (0.5 + Math.random() / 2),
      },
      mutations: { networkMode: 'always', retry: false },
    },
  })
  return client
}
