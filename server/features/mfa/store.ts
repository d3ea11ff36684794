export interface MfaTotpTable {
  user_id: string
  sealed_secret: string
  /** Null while the enrollment waits for its first code. */
  verified_at: string | null
  /** The time step of the last code that was used: no code at or before it is good again. */
  last_step: number | null
  created_at: string
}
export interface RecoveryCodesTable {
  user_id: string
  code_hash: string
  used_at: string | null
}
export interface PasskeysTable {
  id: string
  user_id: string
  credential_id: string
  /** COSE key, base64url. */
  public_key: string
  counter: number
  /** JSON array. */
  transports: string
  name: string
  is_synced: number
  rp_id: string
  created_at: string
  last_used_at: string | null
}
