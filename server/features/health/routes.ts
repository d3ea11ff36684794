import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { getHealth, getHealthDetailed, getLiveness, getReadiness, getReady } from '#contract/health'

/** Each answers whether its part works now. Cheap: readiness is asked every few seconds. */
export type HealthChecks = {
  isReady: () => boolean
  database: () => boolean
  metricsDatabase: () => boolean
  jobs: () => boolean
  uptimeSeconds: () => number
}

const word = (works: boolean) => (works ? ('ok' as const) : ('failing' as const))

export const healthRoutes: FastifyPluginAsyncTypebox<{ checks: HealthChecks }> = async (app, { checks }) => {
  app.route({ ...getHealth, handler: () => ({ status: 'ok' as const }) })
  app.route({ ...getLiveness, handler: () => ({ status: 'ok' as const }) })
  for (const probe of [getReadiness, getReady]) {
    app.route({
      ...probe,
      handler: async (_, reply) =>
        checks.isReady() && checks.database()
          ? reply.send({ status: 'ok' as const })
          : reply.code(503).send({ status: 'unavailable' as const }),
    })
  }
  app.route({
    ...getHealthDetailed,
    handler: () => {
      const works = { database: checks.database(), metrics_database: checks.metricsDatabase(), jobs: checks.jobs() }
      return {
        status: Object.values(works).every(Boolean) ? ('ok' as const) : ('degraded' as const),
        checks: {
          database: word(works.database),
          metrics_database: word(works.metrics_database),
          jobs: word(works.jobs),
        },
        uptime_seconds: checks.uptimeSeconds(),
      }
    },
  })
}
