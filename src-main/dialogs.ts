import type { MessageBoxOptions, MessageBoxReturnValue } from 'electron'
import type { Say } from './messages.ts'
import type { QuitAnswer } from './quit.ts'
import type { ServerLine } from './servers.ts'
import { AlreadyRunningError, PortsTakenError } from './start-server.ts'

const answers: readonly QuitAnswer[] = ['keep', 'stop', 'cancel']

/** What becomes of the servers that run on this computer. Keeping them is the default: nothing is lost by it. */
export function quitQuestion(running: readonly ServerLine[], stubborn: boolean, say: Say): MessageBoxOptions {
  const names = running.map(({ name }) => name).join(', ')
  return {
    type: 'question',
    message: running.length === 1 ? say('quitQuestionOne') : say('quitQuestionMany', { count: running.length }),
    detail: stubborn ? say('stillRunning', { names }) : say('quitDetail', { names }),
    buttons: [say('quitKeep'), say('quitStop'), say('quitCancel')],
    defaultId: 0,
    cancelId: 2,
    noLink: true,
  }
}

export const quitAnswer = ({ response }: Pick<MessageBoxReturnValue, 'response'>): QuitAnswer =>
  answers[response] ?? 'cancel'

export const updateOffer = (version: string, say: Say): MessageBoxOptions => ({
  type: 'info',
  message: say('updateReady', { version }),
  detail: say('updateDetail'),
  buttons: [say('updateNow'), say('updateLater')],
  defaultId: 0,
  cancelId: 1,
})

export const breakage = (error: unknown, say: Say): MessageBoxOptions => ({
  type: 'error',
  message: say('broke'),
  detail: say('brokeDetail', { reason: error instanceof Error ? error.message : String(error) }),
  buttons: [say('restart'), say('quit')],
  defaultId: 0,
  cancelId: 1,
})

/** Why the app could not start, in the person's language where the words are ours. */
export function startFailure(error: unknown, say: Say): string {
  if (error instanceof AlreadyRunningError) return say('alreadyRunning', { url: error.url })
  if (error instanceof PortsTakenError) return say('portsTaken', { first: error.first, last: error.last })
  return error instanceof Error ? error.message : String(error)
}
