import type { FastifyInstance } from 'fastify'
import { invalid } from '#server/errors'

const MAX_DEPTH = 32

/** Nesting costs the parser and every later walk; a document this API takes is never that deep. */
export function assertShallow(text: string, max = MAX_DEPTH): void {
  let depth = 0
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (quoted) {
      if (c === 92) i++
      else if (c === 34) quoted = false
    } else if (c === 34) quoted = true
    else if (c === 123 || c === 91) {
      if (++depth > max) throw invalid('too_deep', `The JSON is nested more than ${max} levels deep.`)
    } else if (c === 125 || c === 93) depth--
  }
}

/** JSON only, so that a web page cannot post without a preflight; an empty body is no body. */
export function useJsonOnly(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') return done(null, undefined)
    try {
      assertShallow(body)
    } catch (error) {
      return done(error as Error)
    }
    return parse(request, body, done)
  })
}
