import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { CONNECT_SSHD } from '#contract/agent'
import { AgentError } from '../../errors.ts'
import type { AgentTarget } from '../../http.ts'
import type { AgentSettings } from '../../settings.ts'
import { sshdPort } from './sshd-port.ts'

const CONNECT_MS = 5000

async function dial(host: string, port: number, signal: AbortSignal): Promise<Socket> {
  const socket = connect({ host, port, allowHalfOpen: true, noDelay: true })
  // Until whoever joins it listens, an error must not end the agent.
  socket.on('error', () => {})
  try {
    await once(socket, 'connect', { signal: AbortSignal.any([signal, AbortSignal.timeout(CONNECT_MS)]) })
    return socket
  } catch (error) {
    socket.destroy()
    throw error
  }
}

/** The way to this machine's own sshd, and to nothing else: host and port come from this machine alone. */
export function sshdTarget({ ssh }: Pick<AgentSettings, 'ssh'>): AgentTarget {
  return {
    authority: CONNECT_SSHD,
    async open(signal) {
      if (!ssh) {
        throw new AgentError(
          403,
          'ssh_disabled',
          'The owner of this machine has not allowed SSH through Shardlyn there.',
        )
      }
      const port = sshdPort(ssh)
      try {
        return await dial('127.0.0.1', port, signal).catch(() => dial('::1', port, signal))
      } catch (error) {
        throw new AgentError(
          503,
          'sshd_unreachable',
          `Nothing answers on port ${port} of this machine. Start its SSH server, or set ssh.port in agent.json.`,
          { cause: error },
        )
      }
    },
  }
}
