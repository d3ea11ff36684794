export interface ApiTokensTable {
  id: string
  user_id: string
  organization_id: string
  name: string
  token_hash: string
  /** JSON array of permission keys; null is all that the owner may do. */
  scopes: string | null
  created_at: string
  expires_at: string | null
  last_used_at: string | null
  last_used_ip: string | null
}
