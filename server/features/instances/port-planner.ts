import { type Static, Type as T } from 'typebox'
import { agentPaths } from '#contract/agent'
import type { WorkloadDocument } from '#contract/workload'
import type { Db } from '#server/db/schema'
import type { Deps } from './deps.ts'
import { planPorts, type PortPlanInput, type TakenPort } from './ports.ts'
import * as store from './store.ts'
import type { PlacementNode, PlannedPort } from './store.ts'

const Listening = T.Object({
  ports: T.Array(
    T.Object({
      port: T.Integer(),
      protocol: T.Union([T.Literal('tcp'), T.Literal('udp')]),
      process: T.Union([T.String(), T.Null()]),
    }),
  ),
})
const ASK_TIMEOUT_MS = 3000

type PortsInput = {
  node: PlacementNode
  document: WorkloadDocument
  overrides: Record<string, number>
  listening: readonly TakenPort[]
  instanceId: string
  /** For a server that comes from another machine: what it would like to have here. */
  coming?: PortPlanInput['current']
}

/** Chooses ports on a machine by what is given out and what listens there. */
export function createPortPlanner({ log, agents }: Pick<Deps, 'log' | 'agents'>) {
  return {
    /** What the machine listens on. One that is away finds out by itself when it starts the server. */
    async askListening(nodeId: string): Promise<TakenPort[]> {
      if (!agents.isConnected(nodeId)) return []
      try {
        const answer = await agents.request(nodeId, {
          method: 'GET',
          path: agentPaths.listening,
          timeoutMs: ASK_TIMEOUT_MS,
        })
        const { ports }: Static<typeof Listening> = answer.json(Listening)
        return ports.map(({ port, protocol, process }) => ({
          host_port: port,
          protocol,
          by: process === null ? 'another program' : process.slice(0, 100),
        }))
      } catch (error) {
        log.warn({ err: error, node_id: nodeId }, 'a machine did not say what it listens on')
        return []
      }
    },

    async planFor(
      db: Db,
      { node, document, overrides, listening, instanceId, coming }: PortsInput,
    ): Promise<PlannedPort[]> {
      const taken = await store.listTakenPorts(db, node.id)
      const current = coming ?? (await store.listPorts(db, [instanceId]))
      return planPorts({
        document,
        overrides,
        current: current.map(({ name, host_port, protocol }) => ({ name, host_port, protocol })),
        listening,
        range: { start: node.port_start, end: node.port_end },
        taken: taken
          .filter(({ instance_id }) => instance_id !== instanceId)
          .map(({ host_port, protocol, instance_name }) => ({
            host_port,
            protocol,
            by: `the server ${instance_name}`,
          })),
        nodeName: node.name,
        isElsewhere: coming !== undefined,
      })
    },
  }
}
