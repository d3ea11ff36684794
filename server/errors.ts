import type { Problem } from '#contract/problem'

/** An expected failure. Its message is shown to people; its code is what programs switch on. */
export class AppError extends Error {
  readonly status: number
  readonly code: string
  readonly details: Problem['details']
  /** Seconds after which it is worth trying again. */
  readonly retryAfter: number | undefined
  constructor(
    status: number,
    code: string,
    message: string,
    details?: Problem['details'],
    options?: ErrorOptions & { retryAfter?: number },
  ) {
    super(message, options)
    this.status = status
    this.code = code
    this.details = details
    this.retryAfter = options?.retryAfter
  }
}

export const invalid = (code: string, message: string, details?: Problem['details']) =>
  new AppError(400, code, message, details)
export const unauthorized = (code: string, message: string) => new AppError(401, code, message)
export const forbidden = (code: string, message: string) => new AppError(403, code, message)
/** Also for what the caller may not see, so that ids cannot be probed. */
export const notFound = (code: string, message: string) => new AppError(404, code, message)
export const conflict = (code: string, message: string) => new AppError(409, code, message)
/** Made without a stack trace, which costs more than all the rest of turning a flood away. */
export function tooMany(code: string, message: string, retryAfter?: number): AppError {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  const error = new AppError(429, code, message, undefined, retryAfter === undefined ? undefined : { retryAfter })
  Error.stackTraceLimit = stackTraceLimit
  return error
}
export const unavailable = (code: string, message: string, cause?: unknown) =>
  new AppError(503, code, message, undefined, { cause })
