import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { acceptHostKeys, getNodeSsh, openSsh, openSshStream } from '#contract/ssh-login'
import { closeCodes } from '#contract/sockets'
import { callerOf } from '#server/http/caller'
import { openTerminalSocket } from '#server/http/terminal-socket'
import type { SocketRegistry } from '#server/http/sockets'
import { assertWebSocket } from '#server/http/upgrade'
import type { SshLogin } from './service.ts'

export const sshLoginRoutes: FastifyPluginAsyncTypebox<{ sshLogin: SshLogin; sockets: SocketRegistry }> = async (
  app,
  { sshLogin, sockets },
) => {
  app.route({
    ...openSsh,
    handler: (request, reply) =>
      openTerminalSocket(sockets, request, reply, () =>
        sshLogin.prepareShell(callerOf(request), request.params.id, request.query),
      ),
  })
  app.route({
    ...openSshStream,
    handler: async (request, reply) => {
      const caller = callerOf(request)
      const { id } = request.params
      const machine = await sshLogin.locate(caller, id)
      assertWebSocket(request)
      const wire = await sshLogin.connect(caller, machine)
      try {
        const socket = await sockets.accept(
          request,
          reply,
          id,
          (now) => now.organization_id === machine.organization_id,
        )
        void sshLogin.join(caller, machine, socket, wire)
        // Removed during the handshake: whoever ends what is open did not see this one yet.
        await sshLogin.locate(caller, id).catch(() => socket.close(closeCodes.notFound, 'gone'))
      } catch (error) {
        wire.destroy()
        throw error
      }
    },
  })
  app.route({
    ...getNodeSsh,
    handler: (request) => sshLogin.info(callerOf(request), request.params.id),
  })
  app.route({
    ...acceptHostKeys,
    handler: async (request, reply) => {
      await sshLogin.acceptHostKeys(callerOf(request), request.params.id, request.body)
      return reply.code(204).send(null)
    },
  })
}
