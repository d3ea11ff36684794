import type { ReactNode } from 'react'

/** A small fact: what it is called, and what it is. */
export function Fact({ label, children }: { label: ReactNode; children: ReactNode }) {
  return (
    <div className="flex items-baseline justify-between gap-4 border-b border-border py-1.5 last:border-0">
      <dt className="text-muted">{label}</dt>
      <dd className="min-w-0 truncate text-right tabular">{children}</dd>
    </div>
  )
}

/** A number that is looked at first, with what belongs to it. */
export function Figure({ label, value, note }: { label: ReactNode; value: ReactNode; note?: ReactNode }) {
  return (
    <div className="flex min-h-24 min-w-0 flex-col gap-1 rounded-lg border border-border bg-surface p-4">
      <span className="text-muted">{label}</span>
      <span className="truncate text-display font-semibold tabular">{value}</span>
      <span className="text-sm text-balance text-muted">{note}</span>
    </div>
  )
}
