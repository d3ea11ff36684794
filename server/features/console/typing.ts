import { agentPaths } from '#contract/agent'
import { urlFor } from '#contract/operation'
import { AppError } from '#server/errors'
import type { Agents } from '#server/tunnel/agents'

/** What one POST may carry, and what may wait for its turn. */
const INPUT_BYTES = 64 * 1024
const INPUT_WAITING = 256 * 1024
const TIMEOUT_MS = 10_000

type Where = { nodeId: string; instanceId: string }
type Refuse = (code: string, error: string) => void
type Size = { cols: number; rows: number }

const told = (error: unknown): [string, string] =>
  error instanceof AppError ? [error.code, error.message] : ['not_sent', 'That could not be sent to the machine.']

/** Sends what one viewer types, in order and never later: what cannot be sent now is refused. */
export function createTyping({ agents }: { agents: Agents }, { nodeId, instanceId }: Where, refuse: Refuse) {
  const pathOf = (url: typeof agentPaths.input | typeof agentPaths.resize) =>
    urlFor({ url }, { params: { id: instanceId } })
  let waiting = Buffer.alloc(0)
  let isSending = false
  let size: Size | undefined
  let isSizing = false

  async function send() {
    isSending = true
    try {
      while (waiting.length > 0) {
        const body = waiting.subarray(0, INPUT_BYTES)
        waiting = waiting.subarray(body.length)
        await agents.request(nodeId, { method: 'POST', path: pathOf(agentPaths.input), body, timeoutMs: TIMEOUT_MS })
      }
    } catch (error) {
      waiting = Buffer.alloc(0)
      refuse(...told(error))
    } finally {
      isSending = false
    }
  }

  async function sendSize() {
    isSizing = true
    try {
      while (size) {
        const json = size
        size = undefined
        await agents.request(nodeId, { method: 'POST', path: pathOf(agentPaths.resize), json, timeoutMs: TIMEOUT_MS })
      }
    } catch {
      // The next size, or the next start of the server, sets it right.
    } finally {
      isSizing = false
    }
  }

  return {
    type(data: string) {
      const bytes = Buffer.from(data)
      if (waiting.length + bytes.length > INPUT_WAITING) {
        return refuse('too_much_input', 'The machine does not take input that fast. Type it again, in smaller parts.')
      }
      waiting = Buffer.concat([waiting, bytes])
      if (!isSending) void send()
    },
    resize(to: Size) {
      size = to
      if (!isSizing) void sendSize()
    },
  }
}
