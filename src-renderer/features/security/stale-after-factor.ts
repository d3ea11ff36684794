import { getMe } from '#contract/auth'
import { getMfaStatus, listPasskeys } from '#contract/mfa'
import type { Operation } from '#contract/operation'
import { listSessions } from '#contract/users'

/** What another factor, or one less, makes out of date: other sessions end with it. */
export const staleAfterFactor: readonly Operation[] = [getMfaStatus, listPasskeys, listSessions, getMe]
