import type { Duplex } from 'node:stream'
import { CONNECT_SSHD } from '#contract/agent'
import type { Clock } from '#server/clock'
import type { Agents } from '#server/tunnel/agents'

const CONNECT_MS = 15_000

/** A connection to a machine's sshd. The time is for the way there; once it stands it stays. */
export async function connectToSshd(
  { clock, agents }: { clock: Clock; agents: Agents },
  nodeId: string,
): Promise<Duplex> {
  const late = new AbortController()
  const cancel = clock.after(CONNECT_MS, () => late.abort())
  try {
    return await agents.connect(nodeId, CONNECT_SSHD, late.signal)
  } finally {
    cancel()
  }
}
