type Part = { headers: Map<string, string>; body: string }

const unfold = (head: string) => head.replace(/\r\n[ \t]+/g, ' ')

function split(source: string): Part {
  const end = source.indexOf('\r\n\r\n')
  const lines = unfold(source.slice(0, end)).split('\r\n')
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
  })
  return { headers: new Map(headers), body: source.slice(end + 4) }
}

const fromQuoted = (text: string) =>
  Buffer.from(
    text.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    'latin1',
  ).toString('utf8')

/** RFC 2047: words of a header that are not ASCII. */
export const decodeHeader = (value: string) =>
  value
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([QB])\?([^?]*)\?=/gi, (_, how: string, text: string) =>
      how.toUpperCase() === 'B' ? Buffer.from(text, 'base64').toString() : fromQuoted(text.replaceAll('_', ' ')),
    )

function textOf({ headers, body }: Part): string {
  const encoding = headers.get('content-transfer-encoding')
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString()
  return (encoding === 'quoted-printable' ? fromQuoted(body) : body).replaceAll('\r\n', '\n')
}

/** What arrived at a mail server: its header lines and its two parts. */
export function readMail(source: string) {
  const { headers, body } = split(source)
  const boundary = /boundary="([^"]+)"/.exec(headers.get('content-type') ?? '')?.[1] ?? ''
  const parts = body
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part) => split(part.replace(/^\r\n/, '')))
  const part = (type: string) => parts.find(({ headers }) => headers.get('content-type')?.startsWith(type))
  const [text, html] = [part('text/plain'), part('text/html')]
  if (!text || !html) throw new Error(`A part is missing in:\n${source}`)
  return {
    source,
    headers,
    subject: decodeHeader(headers.get('subject') ?? ''),
    from: decodeHeader(headers.get('from') ?? ''),
    text: textOf(text),
    html: textOf(html),
  }
}
export type ReadMail = ReturnType<typeof readMail>
