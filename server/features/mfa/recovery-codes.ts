import { createHmac, randomBytes } from 'node:crypto'

const COUNT = 10
const LENGTH = 10
/** Thirty-two that are not taken for one another, so that ten of them are fifty bits. */
const letters = '0123456789abcdefghjkmnpqrstvwxyz'

const make = () => {
  const text = [...randomBytes(LENGTH)].map((byte) => letters[byte % letters.length]).join('')
  return `${text.slice(0, 5)}-${text.slice(5)}`
}
export const newRecoveryCodes = (): string[] => Array.from({ length: COUNT }, make)

/** As people type it: in any case, with or without the dash, with letters that look like digits. */
const plain = (code: string) => code.toLowerCase().replace(/[\s-]/g, '').replaceAll('o', '0').replace(/[il]/g, '1')

/** Fifty bits could be tried out against a plain hash that was stolen; without the key, which is sealed, they cannot. */
export const recoveryCodeHash = (key: string, userId: string, code: string): string =>
  createHmac('sha256', key)
    .update(`${userId} ${plain(code)}`)
    .digest('hex')
