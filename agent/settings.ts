import path from 'node:path'
import { type Static, Type as T } from 'typebox'
import { Check, Errors } from 'typebox/value'
import { agentFiles } from '#contract/agent'
import { readJsonSync } from './state.ts'

/**
 * What this machine's owner allows here: `agent.json` in the data folder, written by the installer or by hand. Nothing that comes
 * through the tunnel changes it. Everything is off that is not said.
 */
export const AgentSettings = T.Object(
  {
    terminal: T.Optional(T.Boolean()),
    /** Absolute folders; absent or empty: none. */
    host_files: T.Optional(
      T.Object(
        {
          paths: T.Array(T.String({ pattern: '^/[^\\x00]*$' }), { maxItems: 64 }),
          writable: T.Optional(T.Boolean()),
        },
        { additionalProperties: false },
      ),
    ),
    ssh: T.Optional(
      T.Object(
        {
          /** Whether the agent keeps the CA keys, the revocation list and the principals of sshd. */
          manage: T.Boolean(),
          /** Of sshd's own files: `/etc/ssh` unless said. */
          folder: T.Optional(T.String({ pattern: '^/[^\\x00]*$' })),
          port: T.Optional(T.Integer({ minimum: 1, maximum: 65535 })),
        },
        { additionalProperties: false },
      ),
    ),
    prefer_ipv4: T.Optional(T.Boolean()),
    /** What starts us again when we end. Without it there are no updates: an agent that ended would stay away. */
    service: T.Optional(T.Enum(['systemd', 'supervised'])),
    /** False: never takes a new version from the control plane. */
    updates: T.Optional(T.Boolean()),
  },
  { additionalProperties: false },
)
export type AgentSettings = Static<typeof AgentSettings>

/** Throws a sentence for people when the file is there and is not usable: guessing could allow what its owner did not. */
export function readSettings(dataDir: string): AgentSettings {
  const file = path.join(dataDir, agentFiles.settings)
  const value = readJsonSync(file) ?? {}
  if (Check(AgentSettings, value)) return value
  const [first] = Errors(AgentSettings, value)
  throw new Error(`${file} is not usable: ${first?.instancePath || 'the file'} ${first?.message ?? ''}`.trim())
}
