import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import {
  createCaKey,
  createCertificate,
  getCaPublicKey,
  getCertificate,
  listCaKeys,
  listCertificates,
  revokeCertificate,
  rotateCaKey,
} from '#contract/ssh'
import { callerOf } from '#server/http/caller'
import type { SshService } from './service.ts'

export const sshRoutes: FastifyPluginAsyncTypebox<{ ssh: SshService }> = async (app, { ssh }) => {
  const { certificates, keys } = ssh
  app.route({
    ...getCaPublicKey,
    handler: async (_, reply) => reply.type('text/plain; charset=utf-8').send(await keys.publicKeys()),
  })
  app.route({ ...createCertificate, handler: (request) => ssh.issue(callerOf(request), request.body) })
  app.route({ ...listCertificates, handler: (request) => certificates.list(callerOf(request), request.query) })
  app.route({ ...getCertificate, handler: (request) => certificates.get(callerOf(request), request.params.id) })
  app.route({
    ...revokeCertificate,
    handler: (request) => certificates.revoke(callerOf(request), request.params.id, request.body?.reason),
  })
  app.route({ ...listCaKeys, handler: () => keys.list() })
  app.route({
    ...createCaKey,
    handler: async (request, reply) => reply.code(201).send(await keys.create(callerOf(request))),
  })
  app.route({ ...rotateCaKey, handler: (request) => keys.rotate(callerOf(request), request.body?.force ?? false) })
}
