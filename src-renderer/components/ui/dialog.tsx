import { Dialog as Base } from '@base-ui/react/dialog'
import { X } from 'lucide-react'
import type { ReactElement, ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { cn } from '../../lib/cn.ts'
import { IconButton } from './icon-button.tsx'

type Props = {
  open?: boolean
  onOpenChange?: (open: boolean) => void
  /** A button that opens it, if nothing else does. */
  trigger?: ReactElement<Record<string, unknown>>
  title: ReactNode
  description?: ReactNode
  /** Buttons at the foot, the main one last. */
  footer?: ReactNode
  size?: 'sm' | 'md' | 'lg'
  /** False: only what is in it closes it, for it shows something that is not shown again. */
  canClose?: boolean
  children?: ReactNode
}

const widths = { sm: 'sm:max-w-100', md: 'sm:max-w-130', lg: 'sm:max-w-190' }

/** A dialog over the page; on a phone it rises from below and fills the width. Escape and the backdrop close it. */
export function Dialog({
  open,
  onOpenChange,
  trigger,
  title,
  description,
  footer,
  size = 'md',
  canClose = true,
  children,
}: Props) {
  const { t } = useTranslation()
  return (
    <Base.Root
      {...(open !== undefined && { open })}
      onOpenChange={(next) => (next || canClose) && onOpenChange?.(next)}
    >
      {trigger && <Base.Trigger render={trigger} />}
      <Base.Portal>
        <Base.Backdrop className={backdropStyle} />
        <Base.Viewport className={viewportStyle}>
          <Base.Popup className={cn(dialogStyle, widths[size])}>
            <header className="flex items-start justify-between gap-4 px-4 pt-4 sm:px-5">
              <div className="min-w-0">
                <Base.Title className="text-lg font-semibold text-balance">{title}</Base.Title>
                {description && <Base.Description className="mt-1 text-muted">{description}</Base.Description>}
              </div>
              {canClose && (
                <Base.Close
                  render={<IconButton icon={X} label={t('common.close')} size="sm" className="-mt-1 -mr-1" />}
                />
              )}
            </header>
            <div className="min-h-0 flex-1 overflow-y-auto px-4 py-4 sm:px-5">{children}</div>
            {footer && (
              <footer className="flex flex-wrap justify-end gap-2 border-t border-border px-4 py-3 sm:px-5">
                {footer}
              </footer>
            )}
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  )
}

export const DialogClose = Base.Close

export const backdropStyle =
  'fixed inset-0 z-40 bg-scrim transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0'
export const viewportStyle = 'fixed inset-0 z-40 flex items-end justify-center sm:items-center sm:p-6'
export const dialogStyle =
  'flex max-h-[92dvh] w-full flex-col rounded-t-lg border border-border bg-raised pb-[env(safe-area-inset-bottom)] shadow-overlay outline-hidden transition-[opacity,translate] duration-150 data-ending-style:translate-y-3 data-ending-style:opacity-0 data-starting-style:translate-y-3 data-starting-style:opacity-0 sm:max-h-[85dvh] sm:rounded-lg sm:pb-0'
