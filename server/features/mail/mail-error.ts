/** Why a mail was not sent, in words for an administrator. */
export class MailError extends Error {
  /** May pass: the server is away, busy, or says so itself with a 4xx. */
  readonly temporary: boolean
  constructor(message: string, temporary: boolean) {
    super(message)
    this.temporary = temporary
  }
}

type SmtpFailure = {
  code?: string
  /** The system's own code, where the mailer put its own in front. */
  originalCode?: string
  command?: string
  response?: string
  responseCode?: number
}

const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_|ALTNAME|DEPTH_ZERO/
const OF_THE_NETWORK = new Set(['ECONNECTION', 'ETIMEDOUT', 'ESOCKET', 'EDNS', 'ETLS'])

function describe({ code, originalCode = '', command, response }: SmtpFailure, message: string): string {
  if (response && code === 'EAUTH') return `The mail server refused the user name or the password: ${response}`
  if (response) return response
  if (CERTIFICATE.test(originalCode) || CERTIFICATE.test(code ?? '')) {
    return `The certificate of the mail server is not trusted (${message}). Enter the host name that its certificate is for, or give the server a valid certificate.`
  }
  if (code === 'ETLS' || command === 'STARTTLS') return `The mail server does not offer the chosen security: ${message}`
  if (code === 'ETIMEDOUT') return 'The mail server did not answer in time. Check host, port and security.'
  if (originalCode === 'ECONNREFUSED') return 'Nothing answers at this host and port.'
  if (code === 'EDNS' || originalCode === 'ENOTFOUND') return 'There is no server of this name.'
  return message
}

/** Whatever was thrown while sending. */
export function toMailError(thrown: unknown): MailError {
  if (thrown instanceof MailError) return thrown
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  const failure = (thrown ?? {}) as SmtpFailure
  const { responseCode, code = '', originalCode = '' } = failure
  const temporary =
    responseCode !== undefined
      ? responseCode >= 400 && responseCode < 500
      : OF_THE_NETWORK.has(code) && !CERTIFICATE.test(originalCode)
  return new MailError(describe(failure, message), temporary)
}
