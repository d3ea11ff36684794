/**
 * Ends what people have open, at once: sockets, uploads, downloads and other requests under way. Called after commit, when
 * somebody was suspended, signed out, lost a right, or changed a password or a factor.
 */
export type Live = {
  /** Everything of a session or API token. */
  endSession: (sessionId: string) => void
  /** Everything of a person, but for one session. */
  endUser: (userId: string, exceptSessionId?: string) => void
  /** Rights of a person changed: each open socket is asked anew whether it may go on, and closed with 4403 where not. */
  recheckUser: (userId: string) => Promise<void>
  /** The same for everybody in an organization, as when it is deleted or handed over. */
  recheckOrganization: (organizationId: string) => Promise<void>
  /** The same for everybody, as when what is asked of everybody changes. */
  recheckEverybody: () => Promise<void>
}
