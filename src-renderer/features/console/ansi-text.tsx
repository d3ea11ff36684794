import { Fragment } from 'react'
import { parseAnsi } from './ansi.ts'
import { styleOf } from './ansi-colour.ts'

type Part = { text: string; isMatch: boolean; at: number }

function partsOf(text: string, wanted: string): Part[] {
  const lower = text.toLowerCase()
  const parts: Part[] = []
  let from = 0
  for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, from)) {
    if (at > from) parts.push({ text: text.slice(from, at), isMatch: false, at: from })
    from = at + wanted.length
    parts.push({ text: text.slice(at, from), isMatch: true, at })
  }
  if (from < text.length) parts.push({ text: text.slice(from), isMatch: false, at: from })
  return parts
}

function Marked({ text, wanted }: { text: string; wanted: string }) {
  return partsOf(text, wanted).map((part) =>
    part.isMatch ? (
      <mark key={part.at} className="rounded-sm bg-busy-soft text-busy outline outline-busy">
        {part.text}
      </mark>
    ) : (
      <Fragment key={part.at}>{part.text}</Fragment>
    ),
  )
}

/** A log line in its colours. Whatever it holds, it is text. `mark` is shown where it occurs. */
export function AnsiText({ line, mark = '' }: { line: string; mark?: string }) {
  const wanted = mark.toLowerCase()
  return parseAnsi(line).map((piece, at) => (
    <span key={at} style={styleOf(piece)}>
      {wanted === '' ? piece.text : <Marked text={piece.text} wanted={wanted} />}
    </span>
  ))
}
