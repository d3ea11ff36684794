import { type Static, Type as T } from 'typebox'
import type { Operation } from './operation.ts'
import { Id, IdParams, Nullable, Time } from './page.ts'
import { Problem } from './problem.ts'

/** The control plane's own backup: both databases and, if wanted, the key to the secrets in them. */
export const SystemBackupSettings = T.Object(
  {
    enabled: T.Boolean(),
    every_hours: T.Integer({ minimum: 1, maximum: 720 }),
    keep: T.Integer({ minimum: 1, maximum: 365, description: 'How many are kept; the newest good one always is.' }),
    folder: T.String({ maxLength: 1000, description: 'Absolute; empty: the data folder’s own backups folder.' }),
    include_master_key: T.Boolean({
      description: 'Without it a restore on another machine cannot read stored secrets.',
    }),
  },
  { additionalProperties: false },
)
export type SystemBackupSettings = Static<typeof SystemBackupSettings>

export const SystemBackup = T.Object({
  id: Id,
  state: T.Enum(['running', 'done', 'failed']),
  trigger: T.Enum(['schedule', 'manual']),
  path: T.String(),
  bytes: Nullable(T.Integer()),
  error: Nullable(T.String()),
  started_at: Time,
  finished_at: Nullable(Time),
})
export type SystemBackup = Static<typeof SystemBackup>

const SystemBackupAnswer = T.Object({
  ...SystemBackupSettings.properties,
  folder_in_use: T.String(),
  next_at: Nullable(Time),
  restore_command: T.String({ description: 'Restores the newest good backup, typed on the server.' }),
  backups: T.Array(SystemBackup, { description: 'Newest first.' }),
})

export const getSystemBackupConfig = {
  method: 'GET',
  url: '/v1/system/backup-config',
  auth: 'admin',
  schema: {
    operationId: 'getSystemBackupConfig',
    summary: 'System backup configuration and the backups there are',
    tags: ['system'],
    response: { 200: SystemBackupAnswer },
  },
} as const satisfies Operation

export const updateSystemBackupConfig = {
  method: 'PUT',
  url: '/v1/system/backup-config',
  auth: 'admin',
  schema: {
    operationId: 'updateSystemBackupConfig',
    summary: 'Change the system backup; absent fields stay',
    tags: ['system'],
    body: T.Partial(SystemBackupSettings, { additionalProperties: false, minProperties: 1 }),
    response: { 200: SystemBackupAnswer, 400: Problem },
  },
} as const satisfies Operation

export const createSystemBackup = {
  method: 'POST',
  url: '/v1/system/backups',
  auth: 'admin',
  schema: {
    operationId: 'createSystemBackup',
    summary: 'Back the control plane up now',
    tags: ['system'],
    response: { 202: SystemBackup, 409: Problem },
  },
} as const satisfies Operation

export const deleteSystemBackup = {
  method: 'DELETE',
  url: '/v1/system/backups/:id',
  auth: 'admin',
  schema: {
    operationId: 'deleteSystemBackup',
    summary: 'Delete a system backup',
    tags: ['system'],
    params: IdParams,
    response: { 204: T.Null(), 404: Problem, 409: Problem },
  },
} as const satisfies Operation
