import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { useState } from 'react'
import { TooltipProvider } from '../components/ui/tooltip.tsx'
import { Toasts } from '../components/ui/toast.tsx'
import { makeQueryClient } from '../lib/query.ts'
import { makeRouter } from './router.tsx'

/** The providers of the whole page, outermost first. */
export function App() {
  const [queryClient] = useState(makeQueryClient)
  const [router] = useState(() => makeRouter(queryClient))
  return (
    <QueryClientProvider client={queryClient}>
      <TooltipProvider delay={400}>
        <Toasts>
          <RouterProvider router={router} />
        </Toasts>
      </TooltipProvider>
    </QueryClientProvider>
  )
}
