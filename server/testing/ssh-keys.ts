import { newCaKey } from '#server/ssh/ca-key'

/** A new Ed25519 public key as one line. */
export const publicKeyLine = (): string => newCaKey().public_key
