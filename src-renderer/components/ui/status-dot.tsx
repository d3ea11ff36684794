import type { ReactNode } from 'react'
import { cn } from '../../lib/cn.ts'

/** running: fine. busy: on its way somewhere. stopped: at rest. error: needs somebody. unknown: we cannot see it. */
export type Tone = 'running' | 'busy' | 'stopped' | 'error' | 'unknown'

const dots: Record<Tone, string> = {
  running: 'bg-running',
  busy: 'bg-busy animate-beat',
  stopped: 'bg-stopped',
  error: 'bg-error',
  unknown: 'border-2 border-unknown',
}
const words: Record<Tone, string> = {
  running: 'text-running',
  busy: 'text-busy',
  stopped: 'text-muted',
  error: 'text-error',
  unknown: 'text-muted',
}

export function Dot({ tone, className }: { tone: Tone; className?: string }) {
  return <span aria-hidden className={cn('size-2 shrink-0 rounded-full', dots[tone], className)} />
}

/** A state as a dot and a word, for colour alone is never enough. */
export function StatusDot({ tone, children, className }: { tone: Tone; children: ReactNode; className?: string }) {
  return (
    <span className={cn('inline-flex min-w-0 items-center gap-1.5 font-medium', words[tone], className)}>
      <Dot tone={tone} />
      <span className="truncate">{children}</span>
    </span>
  )
}
