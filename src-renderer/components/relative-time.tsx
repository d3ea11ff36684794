import { formatDateTime, formatRelative } from '../lib/format.ts'
import { useNow } from '../lib/now.ts'

/** "3 minutes ago", kept true while it is on screen; the exact time on hover. */
export function RelativeTime({
  at,
  style = 'long',
  className,
}: {
  at: string
  style?: 'long' | 'narrow'
  className?: string
}) {
  const then = Date.parse(at)
  const now = useNow(5_000)
  return (
    <time dateTime={at} title={formatDateTime(at)} className={className}>
      {formatRelative(then, Math.max(now, then), style)}
    </time>
  )
}
