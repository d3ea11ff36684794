import { type Static, Type as T } from 'typebox'
import type { Operation } from './operation.ts'
import { IdParams, Nullable, Time } from './page.ts'
import { Problem } from './problem.ts'

/** The files of a machine, below the paths that its owner allows. Links that lead out of them are shown and not followed. */

/** Absolute, without `.` and `..`. */
const Path = T.String({ minLength: 1, maxLength: 4096, pattern: '^/[^\\x00]*$' })
const PathQuery = T.Object({ path: Path }, { additionalProperties: false })
/** What is shown and edited as text; larger files are downloaded. */
export const MAX_TEXT = 4 * 1024 * 1024
export const MAX_LISTED = 10_000

export const HostFile = T.Object({
  name: T.String(),
  path: T.String(),
  type: T.Enum(['file', 'directory', 'link', 'other']),
  target: Nullable(T.String({ description: 'Of a link.' })),
  size: T.Number(),
  mode: T.String({ description: 'Octal, such as 0644.' }),
  owner: T.String(),
  group: T.String(),
  modified_at: Time,
})
export type HostFile = Static<typeof HostFile>

export const HostFileList = T.Object({
  path: T.String(),
  items: T.Array(HostFile),
  is_truncated: T.Boolean({ description: 'There are more than are listed.' }),
})
export const HostFileContent = T.Object({
  path: T.String(),
  content: T.String(),
  version: T.String({ description: 'Send it with the change; another’s change in between is then refused, not lost.' }),
  size: T.Number(),
  modified_at: Time,
  is_writable: T.Boolean(),
})

const base = { auth: 'user', permission: 'nodes.files.read' } as const
const failures = { 400: Problem, 403: Problem, 404: Problem, 503: Problem } as const

export const listHostFiles = {
  ...base,
  method: 'GET',
  url: '/v1/nodes/:id/files',
  schema: {
    operationId: 'listHostFiles',
    summary: 'List a folder of a machine; without a path, the paths that are allowed',
    tags: ['host-files'],
    params: IdParams,
    querystring: T.Object({ path: T.Optional(Path) }, { additionalProperties: false }),
    response: { 200: HostFileList, ...failures },
  },
} as const satisfies Operation

export const readHostFile = {
  ...base,
  method: 'GET',
  url: '/v1/nodes/:id/files/content',
  schema: {
    operationId: 'readHostFile',
    summary: 'Read a text file of a machine',
    tags: ['host-files'],
    params: IdParams,
    querystring: PathQuery,
    response: { 200: HostFileContent, ...failures, 413: Problem, 415: Problem },
  },
} as const satisfies Operation

export const writeHostFile = {
  ...base,
  method: 'PUT',
  url: '/v1/nodes/:id/files/content',
  permission: 'nodes.files.write',
  schema: {
    operationId: 'writeHostFile',
    summary: 'Write a text file of a machine: replaced whole, with its owner and mode; or made new',
    tags: ['host-files'],
    params: IdParams,
    body: T.Object(
      {
        path: Path,
        content: T.String({ maxLength: MAX_TEXT }),
        version: T.Optional(Nullable(T.String({ maxLength: 100 }))),
      },
      { additionalProperties: false },
    ),
    response: { 200: HostFileContent, ...failures, 409: Problem, 413: Problem },
  },
} as const satisfies Operation

export const downloadHostFile = {
  ...base,
  method: 'GET',
  url: '/v1/nodes/:id/files/download',
  kind: 'stream',
  schema: {
    operationId: 'downloadHostFile',
    summary: 'Download a file of a machine; ranges are answered',
    tags: ['host-files'],
    params: IdParams,
    querystring: PathQuery,
    response: { ...failures, 416: Problem },
  },
} as const satisfies Operation

/** The body is the file’s bytes. `offset` continues an upload that broke off; without it it begins anew. */
export const uploadHostFile = {
  ...base,
  method: 'PUT',
  url: '/v1/nodes/:id/files/upload',
  permission: 'nodes.files.write',
  kind: 'stream',
  schema: {
    operationId: 'uploadHostFile',
    summary: 'Upload a file to a machine: in place only once all of it is there',
    tags: ['host-files'],
    params: IdParams,
    querystring: T.Object(
      {
        path: Path,
        size: T.Integer({ minimum: 0, maximum: 1099511627776 }),
        offset: T.Optional(T.Integer({ minimum: 0 })),
        overwrite: T.Optional(T.Boolean({ default: false })),
      },
      { additionalProperties: false },
    ),
    response: { ...failures, 409: Problem, 413: Problem, 507: Problem },
  },
} as const satisfies Operation

/** How much of an upload is there already, so that one that broke off goes on. */
export const getUploadOffset = {
  ...base,
  method: 'GET',
  url: '/v1/nodes/:id/files/upload',
  permission: 'nodes.files.write',
  schema: {
    operationId: 'getUploadOffset',
    summary: 'How many bytes of an unfinished upload are there',
    tags: ['host-files'],
    params: IdParams,
    querystring: PathQuery,
    response: { 200: T.Object({ offset: T.Number() }), ...failures },
  },
} as const satisfies Operation

/** Removes what is there of an upload that nobody goes on with. */
export const cancelUpload = {
  ...base,
  method: 'DELETE',
  url: '/v1/nodes/:id/files/upload',
  permission: 'nodes.files.write',
  schema: {
    operationId: 'cancelUpload',
    summary: 'Remove an unfinished upload',
    tags: ['host-files'],
    params: IdParams,
    querystring: PathQuery,
    response: { 204: T.Null(), ...failures },
  },
} as const satisfies Operation
