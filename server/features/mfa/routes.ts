import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import {
  beginPasskey,
  beginPasskeySignIn,
  challengeMfa,
  createPasskey,
  deletePasskey,
  disableMfa,
  enrollMfa,
  getMfaStatus,
  listPasskeys,
  passkeySignIn,
  regenerateRecoveryCodes,
  verifyMfa,
} from '#contract/mfa'
import { callerOf } from '#server/http/caller'
import { originOf, siteOf } from '#server/http/origin'
import type { MfaService } from './service.ts'

export const mfaRoutes: FastifyPluginAsyncTypebox<{ mfa: MfaService; publicUrl: string | null }> = async (
  app,
  { mfa, publicUrl },
) => {
  app.route({ ...getMfaStatus, handler: (request) => mfa.status(callerOf(request)) })
  app.route({ ...enrollMfa, handler: (request) => mfa.enroll(callerOf(request)) })
  app.route({
    ...verifyMfa,
    handler: async (request) => ({ recovery_codes: await mfa.verify(callerOf(request), request.body.code) }),
  })
  app.route({
    ...disableMfa,
    handler: async (request, reply) => {
      await mfa.disable(callerOf(request), request.body.code)
      return reply.code(204).send(null)
    },
  })
  app.route({ ...challengeMfa, handler: (request) => mfa.challenge(request.body, originOf(request)) })
  app.route({
    ...regenerateRecoveryCodes,
    handler: async (request) => ({ recovery_codes: await mfa.regenerate(callerOf(request), request.body.code) }),
  })
  app.route({ ...listPasskeys, handler: (request) => mfa.passkeys.list(callerOf(request)) })
  app.route({
    ...beginPasskey,
    handler: (request) => mfa.passkeys.begin(callerOf(request), siteOf(request, publicUrl)),
  })
  app.route({
    ...createPasskey,
    handler: async (request, reply) =>
      reply.code(201).send(await mfa.passkeys.create(callerOf(request), request.body, siteOf(request, publicUrl))),
  })
  app.route({
    ...deletePasskey,
    handler: async (request, reply) => {
      await mfa.passkeys.remove(callerOf(request), request.params.id)
      return reply.code(204).send(null)
    },
  })
  app.route({
    ...beginPasskeySignIn,
    handler: (request) =>
      mfa.passkeySignIn.begin(request.body.challenge_token, siteOf(request, publicUrl), originOf(request)),
  })
  app.route({
    ...passkeySignIn,
    handler: (request) => mfa.passkeySignIn.finish(request.body, siteOf(request, publicUrl), originOf(request)),
  })
}
