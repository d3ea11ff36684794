import { agentPaths } from '#contract/agent'
import type { Caller } from '#server/http/caller'
import type { Agents } from '#server/tunnel/agents'

type Deps = {
  agents: Agents
  /** Throws for a machine that the caller may not see. */
  getNode: (caller: Caller, id: string) => Promise<unknown>
}

/** What a machine's agent tells Prometheus, through the tunnel. */
export const createNodeMetrics =
  ({ agents, getNode }: Deps) =>
  async (caller: Caller, id: string) => {
    await getNode(caller, id)
    const enough = new AbortController()
    const { stream } = await agents.stream(id, { method: 'GET', path: agentPaths.metrics, signal: enough.signal })
    return { stream, cancel: () => enough.abort() }
  }
export type NodeMetrics = ReturnType<typeof createNodeMetrics>
