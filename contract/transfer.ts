import { type Static, Type as T } from 'typebox'
import { InstanceSpec } from './agent.ts'
import type { ManifestEntry } from './migrations.ts'

/*
 * What the agents of a moving server’s two machines are asked. docs/migrations.md tells why.
 *
 * export           POST {token, hold}           -> ExportState. With hold the server is stopped and nothing starts it until the hold of
 *                                                  this token is released; asked again until is_stopped.
 *                  DELETE ?token                -> ObservedInstance; releases the hold, and no later request can take it again
 * export/manifest  GET                          -> NDJSON of ManifestEntry, folders before what is in them
 * export/file      GET ?path&from               -> the bytes of a file from an offset
 * export/files     GET  ?path&size, repeated    -> the bytes of several small files in a row, each of exactly its size; one that is not
 *                                                  there any more, or of another size, is filled with anything
 * import           POST ImportRequest           -> ImportState; 409 `port_in_use`, `no_memory`, `runtime_missing`, 507 `no_disk`
 *                  GET ?token                   -> NDJSON of Received
 *                  DELETE ?token                -> 204; what was received is removed, also a server that is still held
 * import/file      PUT ?token&sha256&size&from  -> Received; 409 `content_changed`, `wrong_offset`, 507 `disk_full`
 * import/files     PUT  ?token&sha256&size, repeated -> ReceivedMany: of the same, those that are what they should be
 * import/finish    POST ?token, NDJSON of ManifestEntry -> ImportDone: the server is there, stopped, and held by the token
 * instance         DELETE ?data=delete&moved=TOKEN -> 204; only of a server that this token holds
 */

/** Of one server. A larger one is refused in words before anything is stopped. */
export const transferLimits = { entries: 500_000, pathBytes: 4096, lineBytes: 40_000 } as const

export const ExportRequest = T.Object(
  { token: T.String({ minLength: 16, maxLength: 100 }), hold: T.Boolean() },
  { additionalProperties: false },
)

export const ExportState = T.Object({
  is_stopped: T.Boolean(),
  power: T.Enum(['running', 'stopped']),
  install: T.Enum(['needed', 'running', 'done', 'failed']),
  bytes: T.Number({ description: 'What the data takes on its disk; only without hold.' }),
  files: T.Integer(),
})
export type ExportState = Static<typeof ExportState>

export const ImportRequest = T.Object(
  {
    token: T.String({ minLength: 16, maxLength: 100 }),
    spec: InstanceSpec,
    install: T.Enum(['needed', 'done', 'failed']),
    bytes: T.Number({ minimum: 0 }),
  },
  { additionalProperties: false },
)
export type ImportRequest = Static<typeof ImportRequest>

/** What the target has of a file’s content, which goes by its hash: names are only given at the end. */
export const Received = T.Object({
  sha256: T.String({ pattern: '^[0-9a-f]{64}$' }),
  bytes: T.Number({ minimum: 0 }),
  is_whole: T.Boolean(),
})
export type Received = Static<typeof Received>

export const ReceivedMany = T.Object({ whole: T.Array(Received.properties.sha256) })

/** How many small files go in one request, and how large they may be. */
export const smallFiles = { bytes: 64 * 1024, count: 64, queryCharacters: 8000 } as const

export const ImportDone = T.Object({
  /** SHA-256 over the sorted `manifestLine`s, each ended by a line feed, of what was read back from the disk. */
  digest: T.String({ pattern: '^[0-9a-f]{64}$' }),
  entries: T.Integer(),
})
export type ImportDone = Static<typeof ImportDone>

/** What both machines must agree on for one entry. Times and owners are carried over as well as the target can. */
export const manifestLine = ({ path, type, size, mode, sha256, target }: ManifestEntry): string =>
  JSON.stringify([path, type, size, mode, sha256, target])

/** Why a name or a place in a manifest cannot be taken; undefined when it can. `.` is the data folder itself. */
export function problemOfPath(path: string): string | undefined {
  if (path === '.') return undefined
  if (path === '' || path.includes('\0')) return 'is empty or holds a NUL'
  const parts = path.split('/')
  if (parts.some((part) => part === '' || part === '.' || part === '..')) return 'leads out of the folder'
  if (parts.some((part) => part.length > 255)) return 'is too long'
  return undefined
}
