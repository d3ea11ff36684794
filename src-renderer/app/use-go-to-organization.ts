import { useNavigate, useRouter } from '@tanstack/react-router'
import { useCallback } from 'react'
import { session } from '../lib/session.ts'
import { listOf } from './nav.ts'

/** Goes to another organization, and to a page that exists there too. */
export function useGoToOrganization(): (id: string) => void {
  const navigate = useNavigate()
  const router = useRouter()
  return useCallback(
    (id) => {
      const { pathname } = router.state.location
      const stay = listOf(pathname)
      // First away from what only this organization has, or it would be asked for in the other one.
      void (stay === pathname ? Promise.resolve() : navigate({ href: stay })).then(() => session.chooseOrganization(id))
    },
    [navigate, router],
  )
}
