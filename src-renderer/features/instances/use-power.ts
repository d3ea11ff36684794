import { useMutation, useQueryClient } from '@tanstack/react-query'
import {
  getInstance,
  type Instance,
  killInstance,
  listInstances,
  restartInstance,
  startInstance,
  stopInstance,
} from '#contract/instances'
import { call } from '../../lib/api.ts'
import { patchInstance, withoutParts } from './patch.ts'
import { expectedState, type PowerAction } from './power.ts'

const operations = { start: startInstance, stop: stopInstance, restart: restartInstance, kill: killInstance }

type Order = { instance: Instance; action: PowerAction }

/** Asks for a power action, shows what is to be expected at once, and takes it back when the server refuses. */
export function usePower() {
  const client = useQueryClient()
  return useMutation({
    mutationKey: ['power'],
    networkMode: 'always',
    mutationFn: ({ instance, action }: Order) => call(operations[action], { params: { id: instance.id } }),
    onMutate: ({ instance, action }) =>
      patchInstance(client, instance.id, { state: expectedState(action, instance), state_reason: null }),
    // The answer is from before the machine began, so its state may still be the old one: events tell the new one.
    onSuccess: ({ state: _, state_reason: __, ...answer }) =>
      patchInstance(client, answer.id, withoutParts(answer as Instance)),
    onError: (_, { instance: { id, state, state_reason } }) => patchInstance(client, id, { state, state_reason }),
    onSettled: () => {
      for (const stale of [listInstances, getInstance]) {
        void client.invalidateQueries({ queryKey: [stale.schema.operationId] })
      }
    },
  })
}

/** Asks several at once; answers how many refused. */
export function useBulkPower() {
  const power = usePower()
  return async (instances: readonly Instance[], action: PowerAction): Promise<number> => {
    const results = await Promise.allSettled(instances.map((instance) => power.mutateAsync({ instance, action })))
    return results.filter(({ status }) => status === 'rejected').length
  }
}
