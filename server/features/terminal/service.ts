import { agentPaths } from '#contract/agent'
import type { FleetNode } from '#contract/nodes'
import { TerminalBegun } from '#contract/terminal'
import { forbidden, unavailable } from '#server/errors'
import type { Caller } from '#server/http/caller'
import type { FeedDeps } from '#server/terminal/feed'
import type { TerminalSession } from '#server/terminal/session'
import type { TerminalSessions } from '#server/terminal/sessions'
import type { TerminalSize } from '#server/terminal/source'
import type { Agents } from '#server/tunnel/agents'
import { agentShell } from './agent-shell.ts'

type Deps = Pick<FeedDeps, 'clock' | 'whenConnected'> & {
  agents: Agents
  sessions: TerminalSessions
  /** A machine that the caller sees; throws for others. */
  findNode: (caller: Caller, id: string) => Promise<FleetNode>
}
type Query = { session?: string } & Partial<TerminalSize>

/** Shells under the agents of machines that allow them. */
export function createTerminalService({ agents, clock, whenConnected, sessions, findNode }: Deps) {
  return {
    /** Whether a shell may be opened, or come back to; what it answers does so. */
    async prepare(
      caller: Caller,
      nodeId: string,
      { session, cols = 80, rows = 24 }: Query,
    ): Promise<() => Promise<TerminalSession>> {
      const node = await findNode(caller, nodeId)
      if (session !== undefined) {
        const found = sessions.find(caller, node.id, 'terminal', session)
        return () => Promise.resolve(found)
      }
      if (!node.features.terminal) {
        throw forbidden(
          'terminal_disabled',
          `${node.name} allows no terminals. Its owner allows them there, with "terminal": true in the agent’s agent.json, or by installing the agent anew with --enable-terminal.`,
        )
      }
      sessions.assertRoom(caller, node.id)
      if (!agents.isConnected(node.id)) {
        throw unavailable('node_offline', `${node.name} is away. Check that it is switched on and its agent runs.`)
      }
      return async () => {
        const answer = await agents.request(node.id, {
          method: 'POST',
          path: agentPaths.terminals,
          json: { cols, rows },
        })
        const { id, login } = answer.json(TerminalBegun)
        return sessions.begin({
          caller,
          node,
          kind: 'terminal',
          login,
          size: { cols, rows },
          source: agentShell({ agents, clock, whenConnected }, node.id, id),
        })
      }
    },
  }
}
export type TerminalService = ReturnType<typeof createTerminalService>
