export interface SshKeysTable {
  user_id: string
  name: string
  type: string
  bits: number
  public_key: string
  fingerprint: string
  is_default: number
  created_at: string
}
