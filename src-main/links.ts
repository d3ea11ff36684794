const opened = new Set(['https:', 'http:', 'mailto:'])

/** The address to hand to the system's browser or mail program; null for anything else. Parsed, never matched as text. */
export function externalLink(text: string): string | null {
  if (text.length > 4096) return null
  const url = URL.parse(text)
  if (!url || !opened.has(url.protocol)) return null
  // A name and password in a link are there to make it look like another site.
  if (url.username || url.password) return null
  return url.href
}
