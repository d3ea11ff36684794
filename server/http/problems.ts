import type { FastifyError, FastifyInstance } from 'fastify'
import type { Problem } from '#contract/problem'
import { AppError } from '#server/errors'

type AjvError = {
  instancePath?: string
  message?: string
  params?: { additionalProperty?: string; missingProperty?: string; allowedValues?: unknown[] }
}

function detail(error: AjvError): { path: string; message: string } {
  const path = (error.instancePath ?? '').slice(1).replaceAll('/', '.')
  const { additionalProperty, missingProperty } = error.params ?? {}
  const at = (name: string) => (path ? `${path}.${name}` : name)
  if (additionalProperty !== undefined) return { path: at(additionalProperty), message: 'is not a known field' }
  if (missingProperty !== undefined) return { path: at(missingProperty), message: 'is missing' }
  return { path, message: error.message ?? 'is not valid' }
}

function validationProblem(error: FastifyError): Problem {
  const seen = new Set<string>()
  const details = ((error.validation ?? []) as AjvError[])
    .map(detail)
    .filter(({ path, message }) => !seen.has(`${path} ${message}`) && seen.add(`${path} ${message}`))
    .slice(0, 50)
  const where = error.validationContext === 'querystring' ? 'query' : (error.validationContext ?? 'request')
  const first = details[0]
  const said = first ? `${first.path || `The ${where}`} ${first.message}` : `The ${where} is not valid`
  return { error: `${said}.`, code: 'invalid_request', details }
}

/** What Fastify itself refuses, in our words. */
const ours: Record<string, string> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'The request is too large.',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'Send the body as application/json.',
  FST_ERR_CTP_INVALID_JSON_BODY: 'The body is not valid JSON.',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'The body does not have the announced length.',
}

/** The one place where an error becomes an answer. Whatever is not expected is a bug: logged whole, answered without a word of it. */
export function answerProblems(app: FastifyInstance): void {
  app.setErrorHandler<FastifyError | AppError>((error, request, reply) => {
    if (error instanceof AppError) {
      if (error.cause) request.log.warn({ request: request.id, err: error.cause, code: error.code }, 'request failed')
      if (error.retryAfter !== undefined) void reply.header('retry-after', error.retryAfter)
      const body: Problem = { error: error.message, code: error.code, ...(error.details && { details: error.details }) }
      return reply.code(error.status).send(body)
    }
    if ('validation' in error && error.validation) return reply.code(400).send(validationProblem(error))
    const status = error.statusCode ?? 500
    if (status >= 400 && status < 500) {
      const said = ours[error.code] ?? 'The request could not be read.'
      return reply.code(status).send({ error: said, code: 'invalid_request' } satisfies Problem)
    }
    request.log.error(
      { request: request.id, err: error, operation: request.routeOptions.config.operation?.schema.operationId },
      'unexpected error',
    )
    return reply.code(500).send({
      error: `Something went wrong on our side. Its number in the log is ${request.id}.`,
      code: 'internal_error',
    } satisfies Problem)
  })
}
