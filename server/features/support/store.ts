export interface SupportMessagesTable {
  id: string
  user_id: string | null
  email: string
  organization_name: string | null
  subject: string
  message: string
  /** JSON array of { name, text }. */
  diagnostics: string
  created_at: string
  mailed_at: string | null
  mail_error: string | null
}
