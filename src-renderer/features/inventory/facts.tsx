import type { ReactNode } from 'react'

export function Fact({ name, children, isMono = false }: { name: string; children: ReactNode; isMono?: boolean }) {
  return (
    <div className="grid min-h-8 grid-cols-[8.5rem_minmax(0,1fr)] items-baseline gap-3 py-1.5">
      <dt className="text-muted">{name}</dt>
      <dd className={`min-w-0 break-words select-text ${isMono ? 'font-mono text-sm' : ''}`}>{children || '–'}</dd>
    </div>
  )
}
