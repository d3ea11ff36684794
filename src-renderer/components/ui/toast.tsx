import { Toast as Base } from '@base-ui/react/toast'
import { CircleAlert, CircleCheck, Info, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { problemText } from '../../lib/problem-text.ts'
import { Button } from './button.tsx'
import { IconButton } from './icon-button.tsx'

type Note = {
  title: string
  description?: string
  tone?: 'info' | 'done' | 'failed'
  /** "Show", "Undo". */
  action?: { label: string; run: () => void }
  /** 0 stays until it is dismissed. */
  timeoutMs?: number
}

const manager = Base.createToastManager()

/** Says what has happened, in a corner, for a few seconds. Callable from anywhere. Returns what takes it away again. */
export function toast({ title, description, tone = 'info', action, timeoutMs }: Note): () => void {
  const id: string = manager.add({
    title,
    type: tone,
    timeout: timeoutMs ?? (tone === 'failed' ? 10_000 : action ? 10_000 : 5_000),
    // High hides from screen readers what one can focus, and says it a second time elsewhere.
    priority: 'low',
    ...(description && { description }),
    ...(action && {
      actionProps: {
        children: action.label,
        onClick: () => {
          action.run()
          manager.close(id)
        },
      },
    }),
  })
  return () => manager.close(id)
}

/** Says that something failed, and why. */
export const toastError = (title: string, error: unknown): (() => void) =>
  toast({ title, description: problemText(error), tone: 'failed' })

const icons = {
  info: <Info aria-hidden size={16} className="mt-0.5 shrink-0 text-accent" />,
  done: <CircleCheck aria-hidden size={16} className="mt-0.5 shrink-0 text-running" />,
  failed: <CircleAlert aria-hidden size={16} className="mt-0.5 shrink-0 text-error" />,
}

export function Toasts({ children }: { children: ReactNode }) {
  return (
    <Base.Provider toastManager={manager} limit={4}>
      {children}
      <Base.Portal>
        <Base.Viewport className="fixed inset-x-3 bottom-[calc(4.5rem+env(safe-area-inset-bottom))] z-50 flex flex-col gap-2 outline-hidden sm:inset-x-auto sm:right-4 sm:bottom-4 sm:w-90">
          <ToastList />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  )
}

function ToastList() {
  const { toasts } = Base.useToastManager()
  const { t } = useTranslation()
  return toasts.map((note) => (
    <Base.Root
      key={note.id}
      toast={note}
      className="rounded-md border border-border bg-raised shadow-overlay transition-[opacity,translate] duration-150 data-ending-style:opacity-0 data-limited:hidden data-starting-style:translate-y-2 data-starting-style:opacity-0"
    >
      <Base.Content className="flex items-start gap-2.5 p-3">
        {icons[note.type as keyof typeof icons]}
        <div className="min-w-0 flex-1">
          <Base.Title className="font-medium break-words" />
          <Base.Description className="mt-0.5 break-words text-muted" />
        </div>
        {note.actionProps && <Base.Action render={<Button size="sm" />} />}
        <Base.Close render={<IconButton icon={X} label={t('common.dismiss')} size="sm" className="-m-1" />} />
      </Base.Content>
    </Base.Root>
  ))
}
