import { AgentError, conflict, invalid, notFound } from '#agent/errors'
import { errorCode } from '#agent/state'

export const notAllowed = (message: string) => invalid('path_not_allowed', message)
export const throughLink = (shown: string) =>
  notAllowed(`${shown} goes through a link or a file, which is not followed.`)
export const notAFile = (shown: string) => invalid('not_a_file', `${shown} is not a regular file.`)

/** What the system says about a path, as a refusal. Undefined for what nobody expects. */
export function refusalOf(error: unknown, shown: string): AgentError | undefined {
  const options = { cause: error }
  switch (errorCode(error)) {
    case 'ENOENT':
      return notFound('file_not_found', `There is no ${shown}.`)
    case 'ELOOP':
    case 'ENOTDIR':
      return throughLink(shown)
    case 'EISDIR':
    case 'ENXIO':
    case 'ENODEV':
      return notAFile(shown)
    case 'ENAMETOOLONG':
      return invalid('name_too_long', 'The name is too long for this machine.')
    case 'EINVAL':
    case 'EILSEQ':
      return notAllowed(`This machine does not take the name ${shown}.`)
    case 'EACCES':
    case 'EPERM':
      return new AgentError(403, 'file_denied', `The agent of this machine may not do that with ${shown}.`, options)
    case 'EROFS':
      return new AgentError(403, 'file_denied', `${shown} is on a file system that is read-only.`, options)
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return new AgentError(507, 'disk_full', 'There is no room left on the disk of this machine.', options)
    case 'EEXIST':
      return conflict('file_exists', `${shown} is there already.`)
    case 'EBUSY':
    case 'ETXTBSY':
    case 'EXDEV':
      return conflict('file_busy', `${shown} cannot be replaced: this machine holds on to it.`)
    case 'EMFILE':
    case 'ENFILE':
      return new AgentError(503, 'agent_busy', 'The agent has too many files open. Try again in a moment.', options)
    default:
      return undefined
  }
}

/** Runs something on a path; what the system refuses is told in words. */
export async function telling<A>(shown: string, work: () => Promise<A>): Promise<A> {
  try {
    return await work()
  } catch (error) {
    throw refusalOf(error, shown) ?? error
  }
}
