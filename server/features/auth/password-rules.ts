import { invalid } from '#server/errors'

const MIN_LENGTH = 8

let common: Promise<ReadonlySet<string>> | undefined

/** Some fifty thousand passwords, read when the first password is chosen, not when the server starts. */
const loadCommon = async (): Promise<ReadonlySet<string>> => {
  const { dictionary } = await import('@zxcvbn-ts/language-common')
  return new Set(dictionary['passwords-common'].filter((word) => word.length >= MIN_LENGTH))
}

/** Throws 400 `weak_password` for what an attacker tries first: the most common ones, and the account's own address. */
export async function assertGoodPassword(password: string, email: string): Promise<void> {
  common ??= loadCommon()
  const typed = password.trim().toLowerCase()
  if ((await common).has(typed)) {
    throw invalid('weak_password', 'This password is among the most common ones. Choose another.')
  }
  const address = email.toLowerCase()
  if (typed === address || typed === address.slice(0, address.lastIndexOf('@'))) {
    throw invalid('weak_password', 'Your own address is not a password. Choose another.')
  }
}
