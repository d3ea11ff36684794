const MAX = 63

/** What a machine says of itself, for people to read: whoever reads it in a terminal must not have to obey it. */
// oxlint-disable-next-line no-control-regex -- they are what is removed
export const asWords = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ')

/** A name that a machine may bear, from what it calls itself. */
export function cleanName(text: string): string {
  const clean = asWords(text).trim().slice(0, MAX).trim()
  return clean || 'machine'
}

/** The name itself, else with the first free number behind it. */
export function freeName(wanted: string, taken: ReadonlySet<string>): string {
  if (!taken.has(wanted)) return wanted
  for (let n = 2; ; n++) {
    const suffix = `-${n}`
    const name = `${wanted.slice(0, MAX - suffix.length)}${suffix}`
    if (!taken.has(name)) return name
  }
}
