import { hostname } from 'node:os'
import type { AuditLog } from '#contract/audit'

/** RFC 5424. Facilities: 13 is the log audit, 3 a system's own programs. */
const AUDIT = 13
const DAEMON = 3
/** Of the structured data: the number is the one that RFC 5612 keeps for those who have none of their own. */
const SD_ID = 'audit@32473'
const MAX_VALUE = 512
/** UTF-8 text begins with its mark, says the RFC. */
const BOM = '\uFEFF'

/** What ends a line or steers a terminal becomes a picture of itself, so that a text can never be two messages. */
export const visible = (text: string) =>
  text.replace(/[\p{Cc}\u2028\u2029\ufeff]/gu, (char) => {
    const code = char.charCodeAt(0)
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : code === 0x7f ? '\u2421' : '\uFFFD'
  })

/** Printable ASCII without spaces, as the fields of the header are; a hyphen where nothing is left. */
const headerField = (text: string, max: number) => text.replace(/[^\u0021-\u007e]/g, '').slice(0, max) || '-'

const escaped = (value: string) =>
  visible(value.slice(0, MAX_VALUE))
    .toWellFormed()
    .replace(/["\\\]]/g, '\\$&')

type Header = { facility: number; severity: number; at: string; id: string }
const header = ({ facility, severity, at, id }: Header) =>
  `<${facility * 8 + severity}>1 ${headerField(at, 32)} ${headerField(hostname(), 255)} shardlyn ${process.pid} ${headerField(id, 32)}`

const severityOf = { done: 6, refused: 4, failed: 3 } as const
const dataFields = [
  'id',
  'organization_id',
  'actor_type',
  'actor_id',
  'actor_name',
  'action',
  'subject_type',
  'subject_id',
  'subject_name',
  'ip',
  'outcome',
  'reason',
] as const satisfies readonly (keyof AuditLog)[]

/** A row of the audit log: its fields as structured data, a sentence and what changed as the text. */
export function auditMessage(row: AuditLog): string {
  const data = dataFields
    .filter((field) => row[field] !== null)
    .map((field) => ` ${field}="${escaped(row[field] ?? '')}"`)
    .join('')
  const who = row.actor_name ?? row.actor_type
  const what = `${row.subject_type} ${row.subject_name ?? row.subject_id ?? ''}`.trim()
  const text = visible([`${who} ${row.action} ${what}: ${row.outcome}`, row.details ?? ''].join(' ').trim())
  const head = header({ facility: AUDIT, severity: severityOf[row.outcome], at: row.at, id: row.action })
  return `${head} [${SD_ID}${data}] ${BOM}${text.toWellFormed()}`
}

/** By pino's numbers. */
const severityOfLevel = (level: number) => (level >= 60 ? 2 : level >= 50 ? 3 : level >= 40 ? 4 : level >= 30 ? 6 : 7)

/** A line of the server's own log, which is a JSON object. */
export function logMessage(line: string): string {
  const level = Number(/"level":(\d+)/.exec(line)?.[1] ?? 30)
  const at = /"time":"([^"]{1,32})"/.exec(line)?.[1] ?? '-'
  const head = header({ facility: DAEMON, severity: severityOfLevel(level), at, id: 'log' })
  return `${head} - ${BOM}${visible(line.trim()).toWellFormed()}`
}

/** Cuts to so many bytes without cutting a character. */
export function cut(message: string, maxBytes: number): Buffer {
  const bytes = Buffer.from(message)
  if (bytes.length <= maxBytes) return bytes
  let end = maxBytes
  while (end > 0 && (bytes[end]! & 0xc0) === 0x80) end--
  return bytes.subarray(0, end)
}
