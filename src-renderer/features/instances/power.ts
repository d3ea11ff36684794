import type { Instance, InstanceState } from '#contract/instances'

export const powerActions = ['start', 'stop', 'restart', 'kill'] as const
export type PowerAction = (typeof powerActions)[number]

type Now = Pick<Instance, 'state' | 'desired_state'>

/** It crashed, and its machine waits a moment before it starts it again. */
export const isBackingOff = ({ state, desired_state }: Now): boolean => state === 'error' && desired_state === 'running'

/** What can be asked of a server as it is. While its machine is away nothing can. */
export function canDo(action: PowerAction, now: Now): boolean {
  const { state } = now
  switch (action) {
    case 'start':
      return state === 'stopped' || state === 'error'
    case 'stop':
      return state === 'running' || state === 'starting' || isBackingOff(now)
    case 'restart':
      return state === 'running' || state === 'starting'
    case 'kill':
      return state === 'running' || state === 'starting' || state === 'stopping'
  }
}

/** What it becomes as soon as it was asked; the event that follows says what it really is. */
export const expectedState = (action: PowerAction, now: Now): InstanceState =>
  action === 'start' ? 'starting' : isBackingOff(now) ? 'stopped' : 'stopping'
