import type { Db } from './db/schema.ts'

export type Language = 'en' | 'pt-BR'

/** A mail by what it says. The mail feature words it in plain text and HTML, in both languages. */
export type MailMessage =
  | { kind: 'password_reset'; link: string; minutes: number; ip: string }
  | { kind: 'password_changed'; ip: string }
  | { kind: 'invite'; link: string; organization: string; invited_by: string; days: number }
  | {
      kind: 'factor_changed'
      what: 'totp_added' | 'passkey_added' | 'factors_removed' | 'recovery_code_used'
      ip: string
    }
  | { kind: 'support'; from: string; subject: string; text: string }

export type Mail = {
  isSetUp: () => Promise<boolean>
  /**
   * Hands a mail to the mail server, in the background: with its retries it can take a minute, so nobody who waits for an answer
   * should wait for it. False when it could not be sent; why is kept for the administrator. Never throws.
   */
  send: (to: string, language: Language | null, message: MailMessage) => Promise<boolean>
  /** Keeps a link that no mail carries, sealed, for an administrator to copy. */
  keepLink: (
    db: Db,
    link: { kind: 'password_reset' | 'invite'; email: string; link: string; token_hash: string; expires_at: string },
  ) => Promise<void>
  /** The link was used or taken back. */
  forgetLink: (db: Db, token_hash: string) => Promise<void>
}
