import { ApiError } from '../../lib/api.ts'
import { t } from '../../lib/i18n.ts'
import { problemCode, problemText } from '../../lib/problem-text.ts'

/** Why a code of an authenticator app was refused, in one sentence. */
export function codeProblem(error: unknown): string {
  if (error instanceof ApiError && error.status === 429) return t('factors.code.tooFast')
  return problemCode(error) === 'wrong_code' ? t('factors.code.wrong') : problemText(error)
}
