import type { AgentHello, Heartbeat } from '#contract/agent'
import type { NodeCapabilities, NodeFeatures, NodeSsh } from '#contract/nodes'
import type { Static } from 'typebox'

const MAX_PATHS = 64
const MAX_KEYS = 16
const MAX_KEY = 16 * 1024
const MAX_WORDS = 1000

const clip = (text: string, max: number) => (text.length > max ? `${text.slice(0, max - 1)}…` : text)

const sshOf = ({
  port,
  host_keys,
  is_managed,
  trusts_ca,
  ca_fingerprints,
  krl_version,
  problem,
}: NodeSsh): NodeSsh => ({
  port,
  // Half a key is none.
  host_keys: host_keys.filter(({ length }) => length <= MAX_KEY).slice(0, MAX_KEYS),
  is_managed,
  trusts_ca,
  ...(ca_fingerprints && {
    ca_fingerprints: ca_fingerprints.filter(({ length }) => length <= 100).slice(0, MAX_KEYS),
  }),
  krl_version,
  problem: problem === null ? null : clip(problem, MAX_WORDS),
})

const featuresOf = ({ terminal, host_files, ssh, service, is_updatable, update }: NodeFeatures): NodeFeatures => ({
  terminal,
  host_files: host_files && {
    paths: host_files.paths.filter(({ length }) => length <= 4096).slice(0, MAX_PATHS),
    is_writable: host_files.is_writable,
  },
  ssh: ssh && sshOf(ssh),
  service,
  is_updatable,
  ...(update !== undefined && {
    update: update && {
      version: clip(update.version, 64),
      at: update.at,
      state: update.state,
      reason: update.reason === null ? null : clip(update.reason, MAX_WORDS),
    },
  }),
})

const capabilitiesOf = ({
  runtimes,
  process_limits: { memory, cpu, pids },
}: Static<typeof NodeCapabilities>): Static<typeof NodeCapabilities> => ({
  runtimes: [...new Set(runtimes)],
  process_limits: { memory, cpu, pids },
})

/** What an agent says of its machine is kept, and shown in lists; so it has a size, and nothing beside what is agreed. */
export const withinBounds = <M extends AgentHello | Heartbeat>(message: M): M => ({
  ...message,
  capabilities: capabilitiesOf(message.capabilities),
  ...(message.features && { features: featuresOf(message.features) }),
})
