import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import {
  beginGithubSignIn,
  beginGithubWithInvite,
  exchangeSignInCode,
  finishGithubSignIn,
  linkGithub,
  listIdentities,
  unlinkIdentity,
} from '#contract/github'
import { callerOf } from '#server/http/caller'
import { originOf, siteOf } from '#server/http/origin'
import { pathOf } from './outcome.ts'
import type { GithubService } from './service.ts'

const COOKIE = 'shardlyn_github'
const LIFE_S = 600

/** The secret of the browser that began; sent back on the way from GitHub (Lax) and to the exchange, and nowhere else. */
const browserOf = (request: FastifyRequest): string | undefined =>
  request.headers.cookie
    ?.split(';')
    .map((pair) => pair.trim())
    .find((pair) => pair.startsWith(`${COOKIE}=`))
    ?.slice(COOKIE.length + 1)

export const githubRoutes: FastifyPluginAsyncTypebox<{ github: GithubService; publicUrl: string | null }> = async (
  app,
  { github, publicUrl },
) => {
  const setCookie = (reply: FastifyReply, value: string, seconds: number) => {
    const secure = github.isSecure() ? '; Secure' : ''
    return reply.header(
      'set-cookie',
      `${COOKIE}=${value}; Path=/v1/auth; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure}`,
    )
  }
  const pageOf = (request: FastifyRequest) => ({
    origin: siteOf(request, publicUrl).origin,
    ip: request.ip,
    canMove: publicUrl === null,
  })
  const redirect = (reply: FastifyReply, to: string) =>
    reply.code(302).headers({ location: to, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' }).send(null)

  app.route({
    ...beginGithubSignIn,
    handler: async (request, reply) => {
      const { url, browser } = await github.begin(pageOf(request))
      return redirect(browser === undefined ? reply : setCookie(reply, browser, LIFE_S), url)
    },
  })
  app.route({
    ...beginGithubWithInvite,
    handler: async (request, reply) => {
      const { url, browser } = await github.begin(pageOf(request), request.body.invite_token)
      return (browser === undefined ? reply : setCookie(reply, browser, LIFE_S)).send({ url })
    },
  })
  app.route({
    ...finishGithubSignIn,
    handler: async (request, reply) =>
      redirect(reply, pathOf(await github.finish(request.query, browserOf(request), originOf(request)))),
  })
  app.route({
    ...exchangeSignInCode,
    handler: async (request, reply) => {
      const answer = await github.exchange(request.body.code, browserOf(request), originOf(request))
      return setCookie(reply, '', 0).send(answer)
    },
  })
  app.route({
    ...linkGithub,
    handler: async (request, reply) => {
      const { url, browser } = await github.beginLink(callerOf(request), siteOf(request, publicUrl).origin)
      return setCookie(reply, browser, LIFE_S).send({ url })
    },
  })
  app.route({ ...listIdentities, handler: (request) => github.list(callerOf(request)) })
  app.route({
    ...unlinkIdentity,
    handler: async (request, reply) => {
      await github.unlink(callerOf(request), request.params.provider)
      return reply.code(204).send(null)
    },
  })
}
