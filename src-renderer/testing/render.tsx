import './dom.ts'
import { QueryClientProvider } from '@tanstack/react-query'
import { createMemoryHistory, createRootRoute, createRoute, createRouter, RouterProvider } from '@tanstack/react-router'
import { render } from '@testing-library/react'
import type { ReactNode } from 'react'
import { Toasts } from '../components/ui/toast.tsx'
import { TooltipProvider } from '../components/ui/tooltip.tsx'
import { i18n, loadWords, startI18n } from '../lib/i18n.ts'
import { makeQueryClient } from '../lib/query.ts'
import { type LateWords, lateWords } from '../messages/all.ts'

/** Draws something with everything that it finds around it in the dashboard: words, queries, links, notes. */
export async function renderInApp(element: ReactNode, { path = '/' }: { path?: string } = {}) {
  if (!i18n.isInitialized) startI18n()
  await loadWords(...(Object.keys(lateWords) as LateWords[]))
  const client = makeQueryClient()
  client.setDefaultOptions({ queries: { ...client.getDefaultOptions().queries, retry: false } })
  const root = createRootRoute()
  const router = createRouter({
    routeTree: root.addChildren([createRoute({ getParentRoute: () => root, path: '$', component: () => element })]),
    history: createMemoryHistory({ initialEntries: [path] }),
  })
  await router.load()
  const view = render(
    <QueryClientProvider client={client}>
      <TooltipProvider>
        <Toasts>
          <RouterProvider router={router as never} />
        </Toasts>
      </TooltipProvider>
    </QueryClientProvider>,
  )
  return { ...view, client, router }
}
