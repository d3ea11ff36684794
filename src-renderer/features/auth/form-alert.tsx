import { CircleAlert, Info } from 'lucide-react'
import type { ReactNode } from 'react'
import { cn } from '../../lib/cn.ts'

/** What went wrong with the whole form, above its fields and read aloud. */
export function FormAlert({ tone = 'error', children }: { tone?: 'error' | 'info'; children: ReactNode }) {
  const Icon = tone === 'error' ? CircleAlert : Info
  return (
    <div
      role="alert"
      className={cn(
        'flex items-start gap-2 rounded-md px-3 py-2',
        tone === 'error' ? 'bg-error-soft text-error' : 'bg-accent-soft text-accent',
      )}
    >
      <Icon aria-hidden size={16} className="mt-0.5 shrink-0" />
      <p className="text-pretty">{children}</p>
    </div>
  )
}
