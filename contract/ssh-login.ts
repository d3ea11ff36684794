import { Type as T } from 'typebox'
import type { Operation } from './operation.ts'
import { IdParams, Nullable } from './page.ts'
import { Problem } from './problem.ts'
import { Principal } from './ssh.ts'
import { terminalQuery } from './terminal.ts'

/** `terminal.ts` says how the socket speaks. */
export const openSsh = {
  method: 'GET',
  url: '/v1/nodes/:id/ssh',
  auth: 'user',
  permission: 'nodes.ssh.login',
  kind: 'socket',
  schema: {
    operationId: 'openSsh',
    summary: 'WebSocket SSH: a shell on the machine’s sshd, logged in with a certificate of this session',
    tags: ['ssh'],
    params: IdParams,
    querystring: T.Object({ ...terminalQuery, login: T.Optional(Principal) }, { additionalProperties: false }),
    response: { 403: Problem, 404: Problem, 409: Problem, 503: Problem },
  },
} as const satisfies Operation

/** For a person’s own OpenSSH: binary messages are the bytes of the connection, both ways, nothing else. */
export const openSshStream = {
  method: 'GET',
  url: '/v1/nodes/:id/ssh/stream',
  auth: 'user',
  permission: 'nodes.ssh.login',
  kind: 'socket',
  schema: {
    operationId: 'openSshStream',
    summary: 'WebSocket to the machine’s sshd, byte for byte',
    tags: ['ssh'],
    params: IdParams,
    response: { 404: Problem, 503: Problem },
  },
} as const satisfies Operation

/** What a client needs before it connects: whom it will meet, and how to recognise them. */
export const getNodeSsh = {
  method: 'GET',
  url: '/v1/nodes/:id/ssh/info',
  auth: 'user',
  permission: 'nodes.ssh.login',
  schema: {
    operationId: 'getNodeSsh',
    summary: 'A machine’s sshd: pinned host keys, logins, and whether certificates work there',
    tags: ['ssh'],
    params: IdParams,
    response: {
      200: T.Object({
        host_keys: T.Array(T.String(), { description: 'Pinned when the machine joined.' }),
        fingerprints: T.Array(T.String()),
        changed_host_keys: T.Array(T.String(), {
          description: 'What the machine shows now, where that differs. Refused until accepted.',
        }),
        changed_fingerprints: T.Array(T.String()),
        trusts_ca: T.Boolean(),
        problem: Nullable(T.String()),
        may_root: T.Boolean(),
      }),
      404: Problem,
    },
  },
} as const satisfies Operation

export const acceptHostKeys = {
  method: 'POST',
  url: '/v1/nodes/:id/ssh/host-keys',
  auth: 'user',
  permission: 'nodes.update',
  schema: {
    operationId: 'acceptHostKeys',
    summary:
      'Pin the host keys that a machine shows now; the caller names their fingerprints, so that only seen ones are accepted',
    tags: ['ssh'],
    params: IdParams,
    body: T.Object(
      { fingerprints: T.Array(T.String({ maxLength: 100 }), { minItems: 1, maxItems: 10 }) },
      { additionalProperties: false },
    ),
    response: { 204: T.Null(), 404: Problem, 409: Problem },
  },
} as const satisfies Operation
