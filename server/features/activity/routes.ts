import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { listActivity, listTasks } from '#contract/activity'
import { callerOf } from '#server/http/caller'
import type { ActivityService } from './service.ts'

export const activityRoutes: FastifyPluginAsyncTypebox<{ activity: ActivityService }> = async (app, { activity }) => {
  app.route({ ...listActivity, handler: (request) => activity.list(callerOf(request), request.query) })
  app.route({ ...listTasks, handler: (request) => activity.listTasks(callerOf(request), request.query) })
}
