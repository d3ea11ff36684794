/** `content-disposition` for a name that may hold anything: nothing in it ends the header or leaves the downloads folder. */
export function asAttachment(name: string): string {
  // oxlint-disable-next-line no-control-regex -- they must not get into a header
  const clean = name.toWellFormed().replace(/[\x00-\x1f\x7f/\\\u202a-\u202e\u2066-\u2069]+/g, '_') || 'file'
  const plain = clean.replace(/[^\x20-\x7e]|["%;*]/g, '_')
  const encoded = encodeURIComponent(clean).replace(/['()*!]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`
}
