/** A mailbox: no spaces, quotes, lists or routes, so that it means one thing to every mail server. */
const MAILBOX = /^[^\s@<>,;:"()[\]\\\p{Cc}\p{Cf}]{1,64}@[^\s@<>,;:"()[\]\\\p{Cc}\p{Cf}]{1,253}$/u

export const isMailbox = (address: string): boolean => address.length <= 254 && MAILBOX.test(address)

/** `Address`, or `Name <address>`; undefined when it is not exactly one mailbox. */
export async function parseSender(text: string): Promise<{ name: string; address: string } | undefined> {
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text)) return undefined
  const { default: parse } = await import('nodemailer/lib/addressparser')
  const [first, ...others] = parse(text)
  if (!first || others.length > 0 || !('address' in first)) return undefined
  const { name, address }: { name?: string | undefined; address?: string | undefined } = first
  return address !== undefined && isMailbox(address) ? { name: name ?? '', address } : undefined
}
