import { currentLanguage } from './i18n.ts'

/** Numbers, sizes and times in the language of the page. Formatters are costly to make, so each is made once. */
const made = new Map<string, Intl.NumberFormat>()
function numbers(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = currentLanguage() + JSON.stringify(options)
  let format = made.get(key)
  if (!format) made.set(key, (format = new Intl.NumberFormat(currentLanguage(), options)))
  return format
}

export const formatNumber = (value: number, digits = 0): string =>
  numbers({ maximumFractionDigits: digits }).format(value)

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']

/** Binary units with three figures at most: 512 MiB, 1.5 GiB. A hard space keeps the unit on the number's line. */
export function formatBytes(bytes: number, options: { digits?: number } = {}): string {
  const size = Math.abs(bytes)
  const power = size < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(size) / 10))
  const value = bytes / 1024 ** power
  const digits = options.digits ?? (power === 0 || Math.abs(value) >= 100 ? 0 : 1)
  return `${formatNumber(value, digits)}\u00a0${units[power]}`
}

export const formatRate = (bytesPerSecond: number): string => `${formatBytes(bytesPerSecond)}/s`

/** `value` counts to 100. */
export const formatPercent = (value: number, digits = value < 10 && value > 0 ? 1 : 0): string =>
  numbers({ style: 'percent', maximumFractionDigits: digits }).format(value / 100)

const steps = [
  { unit: 'day', seconds: 86_400 },
  { unit: 'hour', seconds: 3_600 },
  { unit: 'minute', seconds: 60 },
  { unit: 'second', seconds: 1 },
] as const

/** The two largest units: 3d 4h, 2m 10s. */
export function formatDuration(totalSeconds: number): string {
  let left = Math.max(0, Math.floor(totalSeconds))
  const parts: string[] = []
  for (const { unit, seconds } of steps) {
    const count = Math.floor(left / seconds)
    if (count === 0 && !(unit === 'second' && parts.length === 0)) {
      if (parts.length > 0) break
      continue
    }
    parts.push(numbers({ style: 'unit', unit, unitDisplay: 'narrow' }).format(count))
    left -= count * seconds
    if (parts.length === 2) break
  }
  return parts.join(' ')
}

const relatives = new Map<string, Intl.RelativeTimeFormat>()

/** "3 minutes ago", "now". */
export function formatRelative(at: number, now: number, style: 'long' | 'narrow' = 'long'): string {
  const key = currentLanguage() + style
  let format = relatives.get(key)
  if (!format) relatives.set(key, (format = new Intl.RelativeTimeFormat(currentLanguage(), { numeric: 'auto', style })))
  const seconds = Math.round((at - now) / 1000)
  const size = Math.abs(seconds)
  if (size < 10) return format.format(0, 'second')
  if (size < 60) return format.format(seconds, 'second')
  if (size < 3_600) return format.format(Math.trunc(seconds / 60), 'minute')
  if (size < 86_400) return format.format(Math.trunc(seconds / 3_600), 'hour')
  if (size < 30 * 86_400) return format.format(Math.trunc(seconds / 86_400), 'day')
  if (size < 365 * 86_400) return format.format(Math.trunc(seconds / (30 * 86_400)), 'month')
  return format.format(Math.trunc(seconds / (365 * 86_400)), 'year')
}

const dates = new Map<string, Intl.DateTimeFormat>()
function dateFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = currentLanguage() + JSON.stringify(options)
  let format = dates.get(key)
  if (!format) dates.set(key, (format = new Intl.DateTimeFormat(currentLanguage(), options)))
  return format
}

export const formatDateTime = (at: number | string): string =>
  dateFormat({ dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(at))
export const formatTime = (at: number | string): string => dateFormat({ timeStyle: 'short' }).format(new Date(at))
/** To the second. */
export const formatTimeExact = (at: number | string): string => dateFormat({ timeStyle: 'medium' }).format(new Date(at))
export const formatDate = (at: number | string): string => dateFormat({ dateStyle: 'medium' }).format(new Date(at))

/** 12:04 today, else with its date: for "since 12:04". */
export function formatSince(at: number | string, now: number = Date.now()): string {
  const then = new Date(at)
  return then.toDateString() === new Date(now).toDateString()
    ? formatTime(at)
    : dateFormat({ month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' }).format(then)
}

/** Words in an order that reads naturally: "a, b and c". */
export const formatList = (words: readonly string[]): string =>
  new Intl.ListFormat(currentLanguage(), { type: 'conjunction' }).format(words)
