import { type Static, type TSchema, Type as T } from 'typebox'
import { Check, Errors } from 'typebox/value'
import { ActionRequest, agentPaths, InstanceSpec } from '#contract/agent'
import { invalid } from '#agent/errors'
import type { AgentRequest, AgentRoute } from '#agent/http'
import type { Instances } from './manager.ts'

const Sync = T.Object({ instances: T.Array(InstanceSpec) })

/** What the control plane asks of the servers on this machine. */
export function instanceRoutes(instances: Instances): AgentRoute[] {
  const idOf = (request: AgentRequest) => request.params.id ?? ''
  return [
    {
      method: 'PUT',
      path: agentPaths.sync,
      async handle(request) {
        const { instances: specs } = await read(request, Sync)
        return { json: { instances: await instances.sync(specs) } }
      },
    },
    {
      method: 'GET',
      path: agentPaths.instance,
      async handle(request) {
        await instances.ready
        return { json: instances.get(idOf(request)).observe() }
      },
    },
    {
      method: 'PUT',
      path: agentPaths.instance,
      async handle(request) {
        const spec = await read(request, InstanceSpec)
        if (spec.id !== idOf(request)) throw invalid('invalid_request', 'The path and the body name different servers.')
        return { json: await instances.put(spec) }
      },
    },
    {
      method: 'DELETE',
      path: agentPaths.instance,
      async handle(request) {
        const data = request.query.get('data')
        if (data !== 'keep' && data !== 'delete') throw invalid('invalid_request', 'Say data=keep or data=delete.')
        const moved = request.query.get('moved')
        if (moved === null) await instances.remove(idOf(request), data)
        else await instances.removeMoved(idOf(request), moved)
        return {}
      },
    },
    {
      method: 'POST',
      path: agentPaths.action,
      async handle(request) {
        return { status: 202, json: await instances.act(idOf(request), await read(request, ActionRequest)) }
      },
    },
    { method: 'GET', path: agentPaths.stats, handle: (request) => ({ json: instances.stats(idOf(request)) }) },
    {
      method: 'GET',
      path: agentPaths.listening,
      handle: async () => ({ json: { ports: await instances.listening() } }),
    },
  ]
}

/** The body, or 400 with what is wrong first. */
async function read<S extends TSchema>(request: AgentRequest, schema: S): Promise<Static<S>> {
  const body = await request.json()
  if (Check(schema, body)) return body
  const [first] = Errors(schema, body)
  throw invalid(
    'invalid_request',
    `The request is not valid: ${first?.instancePath || 'body'} ${first?.message ?? ''}`.trim(),
  )
}
