export interface IdentitiesTable {
  provider: 'github'
  /** The account's number there, which stays when its name changes. */
  subject: string
  user_id: string
  login: string
  email: string | null
  created_at: string
}
