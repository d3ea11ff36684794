import type { Runtime } from '../runtime.ts'
export function createDockerRuntime(_options: {
  nodeId: () => string | null
  log: unknown
}): Runtime & { probe: () => Promise<void>; version: () => string | null } {
  return {
    kind: 'docker',
    start: async () => {
      throw new Error('no docker')
    },
    recover: async () => undefined,
    cleanUp: async () => undefined,
    usage: () => null,
    close() {},
    probe: async () => undefined,
    version: () => null,
  }
}
