import { useQueryClient } from '@tanstack/react-query'
import { useNavigate, useRouter } from '@tanstack/react-router'
import { useCallback } from 'react'
import { session } from '../../lib/session.ts'

/** After one left an organization, or it is gone: to the default one, with nothing kept of the last. */
export function useGoElsewhere(): () => Promise<void> {
  const client = useQueryClient()
  const navigate = useNavigate()
  const router = useRouter()
  return useCallback(async () => {
    session.chooseOrganization(null)
    await navigate({ to: '/' })
    await client.resetQueries()
    await router.invalidate()
  }, [client, navigate, router])
}
