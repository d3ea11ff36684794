import type { TSchema } from 'typebox'
import type { Operation } from '#contract/operation'
import { Problem } from '#contract/problem'

type Properties = Record<string, TSchema & { description?: string }>

const security: Record<Operation['auth'], object[]> = {
  public: [],
  user: [{ bearer: [] }],
  admin: [{ bearer: [] }],
  agent: [{ agentToken: [] }],
  signature: [],
}

const problemRef = { $ref: '#/components/schemas/Problem' }
const problem = (description: string) => ({ description, content: { 'application/json': { schema: problemRef } } })
const statusText: Record<string, string> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted; the work goes on',
  204: 'Done',
  400: 'Invalid input',
  401: 'Not signed in',
  403: 'Not allowed',
  404: 'Not found',
  409: 'Conflict',
  429: 'Too many requests',
  503: 'The machine is away or the server is not ready',
}

function parameters(place: 'path' | 'query', schema: TSchema | undefined) {
  const { properties = {}, required = [] } = (schema ?? {}) as { properties?: Properties; required?: string[] }
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    ...(description && { description }),
    schema: rest,
  }))
}

function responses({ kind, schema }: Operation) {
  const own: [string, unknown][] = Object.entries(schema.response).map(([status, body]) => [
    status,
    body === Problem || Number(status) >= 400
      ? problem(statusText[status] ?? 'Refused')
      : {
          description: statusText[status] ?? 'OK',
          ...(status !== '204' && { content: { 'application/json': { schema: body } } }),
        },
  ])
  if (kind === 'socket') own.push(['101', { description: 'The connection becomes a socket' }])
  if (kind === 'stream') own.push(['200', { description: 'The bytes', content: { 'application/octet-stream': {} } }])
  return { ...Object.fromEntries(own), default: problem('Any other refusal') }
}

function describe(op: Operation) {
  return {
    operationId: op.schema.operationId,
    summary: op.schema.summary,
    tags: op.schema.tags,
    security: security[op.auth],
    ...(op.permission && { 'x-permission': op.permission }),
    ...(op.auth === 'admin' && { 'x-admin': true }),
    parameters: [...parameters('path', op.schema.params), ...parameters('query', op.schema.querystring)],
    ...(op.schema.body && { requestBody: { content: { 'application/json': { schema: op.schema.body } } } }),
    responses: responses(op),
  }
}

/** The OpenAPI 3.1 document of the given operations. Nothing is described twice: this is the contract in another form. */
export function openApi(operations: readonly Operation[]) {
  const paths: Record<string, Record<string, unknown>> = {}
  const byAddress = (a: Operation, b: Operation) => (`${a.url} ${a.method}` < `${b.url} ${b.method}` ? -1 : 1)
  for (const op of operations.toSorted(byAddress)) {
    const path = op.url.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [op.method.toLowerCase()]: describe(op) }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Shardlyn', version: '1' },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: { Problem },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        agentToken: { type: 'apiKey', in: 'header', name: 'X-Agent-Token' },
      },
    },
  }
}
