/** Links that no mail could carry, for an administrator to hand out. Gone when they expire or are used. */
export interface WaitingLinksTable {
  id: string
  kind: 'password_reset' | 'invite'
  email: string
  sealed_link: string
  /** Of the token in the link, so that a used one disappears. */
  token_hash: string
  created_at: string
  expires_at: string
}
