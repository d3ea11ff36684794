import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import {
  addSshKey,
  getSettings,
  getSignInPolicy,
  removeSshKey,
  setDefaultSshKey,
  updateSettings,
  updateSignInPolicy,
} from '#contract/settings'
import { callerOf } from '#server/http/caller'
import type { PolicyService } from './policy.ts'
import type { SettingsService } from './service.ts'
import type { SshKeyService } from './ssh-keys.ts'

type Services = { settings: SettingsService; sshKeys: SshKeyService; policy: PolicyService }

export const settingsRoutes: FastifyPluginAsyncTypebox<Services> = async (app, { settings, sshKeys, policy }) => {
  app.route({ ...getSettings, handler: (request) => settings.get(callerOf(request)) })
  app.route({ ...updateSettings, handler: (request) => settings.update(callerOf(request), request.body) })
  app.route({
    ...addSshKey,
    handler: async (request, reply) => reply.code(201).send(await sshKeys.add(callerOf(request), request.body)),
  })
  app.route({
    ...removeSshKey,
    handler: async (request, reply) => {
      await sshKeys.remove(callerOf(request), request.params.name)
      return reply.code(204).send(null)
    },
  })
  app.route({
    ...setDefaultSshKey,
    handler: (request) => sshKeys.setDefault(callerOf(request), request.params.name),
  })
  app.route({ ...getSignInPolicy, handler: () => policy.get() })
  app.route({ ...updateSignInPolicy, handler: (request) => policy.update(callerOf(request), request.body) })
}
