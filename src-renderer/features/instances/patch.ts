import type { QueryClient } from '@tanstack/react-query'
import { getInstance, type Instance, listInstances } from '#contract/instances'

type Page = { items: readonly Instance[] }
type Pages = { pages: readonly Page[] }

const inPage = <P extends Page>(page: P, id: string, patch: Partial<Instance>): P =>
  page.items.some((row) => row.id === id)
    ? { ...page, items: page.items.map((row) => (row.id === id ? { ...row, ...patch } : row)) }
    : page

/** Shows a change in every loaded list and page before, or as soon as, the server has answered. */
export function patchInstance(client: QueryClient, id: string, patch: Partial<Instance>): void {
  client.setQueriesData<Page | Pages>({ queryKey: [listInstances.schema.operationId] }, (data) => {
    if (!data) return data
    return 'pages' in data
      ? { ...data, pages: data.pages.map((page) => inPage(page, id, patch)) }
      : inPage(data, id, patch)
  })
  client.setQueriesData<Instance>({ queryKey: [getInstance.schema.operationId] }, (data) =>
    data?.id === id ? { ...data, ...patch } : data,
  )
}

/** What an answer says of a server that getInstance says too; the rest of it, as the crash log, stays as it was. */
export const withoutParts = ({ crash_log: _, usage, ...rest }: Instance): Partial<Instance> => ({
  ...rest,
  ...(usage && { usage }),
})
