import { Popover as Base } from '@base-ui/react/popover'
import type { ReactElement, ReactNode } from 'react'
import { cn } from '../../lib/cn.ts'
import { popupStyle } from './popup-style.ts'

type Props = {
  trigger: ReactElement<Record<string, unknown>>
  title?: ReactNode
  /** Its name where no title is shown. */
  label?: string
  children: ReactNode
  align?: 'start' | 'center' | 'end'
  open?: boolean
  onOpenChange?: (open: boolean) => void
  className?: string
}

export function Popover({ trigger, title, label, children, align = 'end', open, onOpenChange, className }: Props) {
  return (
    <Base.Root {...(open !== undefined && { open })} {...(onOpenChange && { onOpenChange })}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner sideOffset={6} align={align} collisionPadding={8} className="z-50 outline-hidden">
          <Base.Popup
            aria-label={label}
            className={cn(
              popupStyle,
              'max-h-(--available-height) w-80 max-w-(--available-width) overflow-y-auto p-3',
              className,
            )}
          >
            {title && <Base.Title className="pb-2 font-semibold">{title}</Base.Title>}
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
