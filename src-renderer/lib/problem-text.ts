import { ApiError } from './api.ts'
import { i18n, t } from './i18n.ts'
import { localTimes } from './local-times.ts'

/** One sentence for a person. The server speaks English; the codes that people meet are worded in both languages here. */
export function problemText(error: unknown): string {
  if (!(error instanceof ApiError)) return t('problems.bug')
  const key = `problems.codes.${error.problem.code}`
  const isKnown: boolean = i18n.exists(key)
  const said = localTimes(error.problem.error)
  return isKnown ? i18n.t(key as 'problems.codes.node_offline', { error: said }) : said
}

/** It does not exist, or may not be seen: so it is the next time too. */
export const isGone = (error: unknown): boolean =>
  error instanceof ApiError && (error.status === 404 || error.status === 403)

export const problemCode = (error: unknown): string | undefined =>
  error instanceof ApiError ? error.problem.code : undefined

/** What is wrong with each field, by its path in the body. */
export const problemFields = (error: unknown): Record<string, string> =>
  Object.fromEntries(
    (error instanceof ApiError ? (error.problem.details ?? []) : []).map(({ path, message }) => [path, message]),
  )
