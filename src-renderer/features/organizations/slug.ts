/** As the contract has it: lower-case letters and digits, single dashes between them. */
export const isSlug = (text: string): boolean =>
  text.length >= 2 && text.length <= 40 && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(text)
