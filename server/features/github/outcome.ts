/** Where the dashboard goes on, and with what behind the `#`, which no server sees. */
export type Outcome =
  | { kind: 'signed_in'; code: string }
  | { kind: 'linked' }
  | { kind: 'refused'; code: GithubRefusal; linking: boolean }

export type GithubRefusal =
  /** Cancelled at GitHub. */
  | 'access_denied'
  /** Too late, used already, or begun in another browser. */
  | 'expired'
  /** GitHub did not answer as it should. */
  | 'failed'
  | 'no_verified_email'
  | 'not_invited'
  | 'invite_for_another'
  | 'closed'
  /** There is an account with this address: sign in to it and link GitHub there. */
  | 'link_first'
  | 'suspended'
  | 'linked_elsewhere'
  | 'already_linked'

/** Stops a journey; its transaction is rolled back. */
export class Refused extends Error {
  readonly code: GithubRefusal
  constructor(code: GithubRefusal) {
    super(code)
    this.code = code
  }
}

export function pathOf(outcome: Outcome): string {
  if (outcome.kind === 'signed_in') return `/sign-in#github_code=${outcome.code}`
  if (outcome.kind === 'linked') return '/settings/security#github_linked=true'
  return `${outcome.linking ? '/settings/security' : '/sign-in'}#github_error=${outcome.code}`
}
