const MAX = 63

/** A name that a machine may bear, from what it calls itself. */
export function cleanName(text: string): string {
  const clean = text
    // oxlint-disable-next-line no-control-regex -- They are what is removed.
    .replace(/[\u0000-\u001f\u007f]+/g, ' ')
    .trim()
    .slice(0, MAX)
    .trim()
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
