import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import {
  type ContainerAction,
  getContainerLogs,
  getInventory,
  getInventoryContainers,
  getInventoryDisks,
  getInventoryNetwork,
  getInventoryProcesses,
  getInventorySystem,
  getInventoryUsers,
  killContainer,
  killProcess,
  restartContainer,
  startContainer,
  stopContainer,
} from '#contract/inventory'
import { callerOf } from '#server/http/caller'
import type { InventoryService } from './service.ts'

export const inventoryRoutes: FastifyPluginAsyncTypebox<{ inventory: InventoryService }> = async (
  app,
  { inventory },
) => {
  app.route({ ...getInventory, handler: (request) => inventory.whole(callerOf(request), request.params.id) })
  app.route({
    ...getInventorySystem,
    handler: (request) => inventory.section(callerOf(request), request.params.id, 'system'),
  })
  app.route({
    ...getInventoryNetwork,
    handler: (request) => inventory.section(callerOf(request), request.params.id, 'network'),
  })
  app.route({
    ...getInventoryDisks,
    handler: (request) => inventory.section(callerOf(request), request.params.id, 'disks'),
  })
  app.route({
    ...getInventoryUsers,
    handler: (request) => inventory.section(callerOf(request), request.params.id, 'users'),
  })
  app.route({
    ...getInventoryProcesses,
    handler: (request) => inventory.section(callerOf(request), request.params.id, 'processes'),
  })
  app.route({
    ...getInventoryContainers,
    handler: (request) => inventory.section(callerOf(request), request.params.id, 'containers'),
  })
  app.route({
    ...killProcess,
    handler: async (request, reply) => {
      await inventory.kill(callerOf(request), request.params, request.body)
      return reply.code(204).send(null)
    },
  })
  app.route({
    ...getContainerLogs,
    handler: async (request, reply) => {
      const { stream, cancel } = await inventory.logs(callerOf(request), request.params, request.query)
      reply.raw.on('close', cancel)
      return reply.header('content-type', 'text/plain; charset=utf-8').send(stream as never)
    },
  })
  const act = (operation: typeof startContainer, action: ContainerAction) =>
    app.route({
      ...operation,
      handler: async (request, reply) => {
        await inventory.act(callerOf(request), request.params, action)
        return reply.code(204).send(null)
      },
    })
  act(startContainer, 'start')
  act(stopContainer, 'stop')
  act(restartContainer, 'restart')
  act(killContainer, 'kill')
}
