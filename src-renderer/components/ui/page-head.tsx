import type { ReactNode } from 'react'
import { useEffect } from 'react'

type Props = {
  title: string
  /** Before the title: a picture. */
  lead?: ReactNode
  /** One line of live state. */
  state?: ReactNode
  /** The main action last. */
  actions?: ReactNode
  /** A link back to the list. */
  back?: ReactNode
}

/** The head of every page; it names the tab of the browser too. */
export function PageHead({ title, lead, state, actions, back }: Props) {
  useEffect(() => {
    document.title = `${title} · Shardlyn`
  }, [title])
  return (
    <header className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 pb-4">
      <div className="flex min-w-0 flex-1 basis-40 items-center gap-3">
        {lead}
        <div className="min-w-0">
          {back && <div className="text-sm text-muted">{back}</div>}
          <h1 className="truncate text-title font-semibold">{title}</h1>
          {state && <div className="flex min-h-5 flex-wrap items-center gap-x-3 gap-y-1 text-muted">{state}</div>}
        </div>
      </div>
      {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
    </header>
  )
}
