import { useQuery } from '@tanstack/react-query'
import { getMe, type Me } from '#contract/auth'
import type { Permission } from '#contract/permissions'
import { queryFor } from './query.ts'

/** The signed-in person; undefined for the moment before the first answer. */
export function useMe(): Me | undefined {
  return useQuery(queryFor(getMe, {})).data
}

/** Whether to offer an action at all. The server decides; this only keeps buttons honest. */
export function useCan(permission: Permission): boolean {
  return useMe()?.permissions.includes(permission) ?? false
}
