export interface InstanceAccessTable {
  instance_id: string
  user_id: string
  /** JSON array of permission keys. */
  permissions: string
  created_by: string | null
  created_at: string
  updated_at: string
}
