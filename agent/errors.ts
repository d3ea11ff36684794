/** A refusal that the control plane passes on: status, stable code, one sentence. */
export class AgentError extends Error {
  readonly status: number
  readonly code: string
  constructor(status: number, code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.status = status
    this.code = code
  }
}

export const notFound = (code: string, message: string) => new AgentError(404, code, message)
export const conflict = (code: string, message: string) => new AgentError(409, code, message)
export const invalid = (code: string, message: string) => new AgentError(400, code, message)
