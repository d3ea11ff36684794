import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { getMailSettings, listWaitingLinks, testMail, updateMailSettings } from '#contract/mail'
import { callerOf } from '#server/http/caller'
import type { MailService } from './service.ts'

export const mailRoutes: FastifyPluginAsyncTypebox<{ mail: MailService }> = async (app, { mail }) => {
  app.route({ ...getMailSettings, handler: () => mail.getSettings() })
  app.route({
    ...updateMailSettings,
    handler: (request) => mail.updateSettings(callerOf(request), request.body),
  })
  app.route({ ...testMail, handler: (request) => mail.test(callerOf(request), request.body.to) })
  app.route({ ...listWaitingLinks, handler: () => mail.listLinks() })
}
