/** What people look for in the activity log, and how it is asked for. */
export const auditNouns = [
  'instance',
  'workload',
  'node',
  'member',
  'invite',
  'organization',
  'session',
  'user',
  'mfa',
  'api_token',
  'access',
] as const
export const auditOutcomes = ['done', 'refused', 'failed'] as const
export const auditTimes = ['day', 'week', 'month'] as const

export type AuditSearch = {
  actor?: string
  action?: (typeof auditNouns)[number]
  outcome?: (typeof auditOutcomes)[number]
  time?: (typeof auditTimes)[number]
}

const HOUR = 3_600_000
const spans = { day: 24 * HOUR, week: 7 * 24 * HOUR, month: 30 * 24 * HOUR }

export const isFiltered = (search: AuditSearch): boolean => Object.keys(search).length > 0

export const auditQuery = ({ time, ...filter }: AuditSearch, now: number) => ({
  ...filter,
  ...(time && { since: new Date(now - spans[time]).toISOString() }),
})

/** What changed, as pairs of a name and a text. Details are JSON text; whatever is not is shown as it is. */
export function readDetails(details: string): [string, string][] {
  let value: unknown
  try {
    value = JSON.parse(details)
  } catch {
    return [['', details]]
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [['', textOf(value)]]
  return Object.entries(value).map(([key, part]): [string, string] => [key, textOf(part)])
}

const textOf = (value: unknown): string =>
  typeof value === 'string'
    ? value
    : Array.isArray(value) && value.every((part) => typeof part !== 'object')
      ? value.join(', ')
      : JSON.stringify(value)
