import { Menu as Base } from '@base-ui/react/menu'
import { Check, type LucideIcon } from 'lucide-react'
import type { ReactElement, ReactNode } from 'react'
import { cn } from '../../lib/cn.ts'
import { popupStyle } from './popup-style.ts'

const itemStyle =
  'flex min-h-8 cursor-default items-center gap-2 rounded-sm px-2 py-1 outline-hidden select-none data-disabled:opacity-50 data-highlighted:bg-hover data-popup-open:bg-hover pointer-coarse:min-h-11 [&_svg]:shrink-0'

type Props = {
  trigger: ReactElement<Record<string, unknown>>
  children: ReactNode
  align?: 'start' | 'center' | 'end'
  side?: 'top' | 'bottom' | 'left' | 'right'
}

export function Menu({ trigger, children, align = 'end', side = 'bottom' }: Props) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <MenuPopup align={align} side={side}>
        {children}
      </MenuPopup>
    </Base.Root>
  )
}

function MenuPopup({ children, align, side }: Required<Pick<Props, 'align' | 'side'>> & { children: ReactNode }) {
  return (
    <Base.Portal>
      <Base.Positioner sideOffset={4} align={align} side={side} collisionPadding={8} className="z-50 outline-hidden">
        <Base.Popup className={cn(popupStyle, 'max-h-(--available-height) min-w-44 overflow-y-auto p-1')}>
          {children}
        </Base.Popup>
      </Base.Positioner>
    </Base.Portal>
  )
}

type ItemProps = {
  icon?: LucideIcon
  children: ReactNode
  note?: ReactNode
  tone?: 'normal' | 'danger'
  disabled?: boolean
  onClick?: () => void
  /** A link of the router, so that an item can be opened in a new tab. */
  render?: ReactElement<Record<string, unknown>>
}

export function MenuItem({
  icon: Icon,
  children,
  note,
  tone = 'normal',
  disabled = false,
  onClick,
  render,
}: ItemProps) {
  return (
    <Base.Item
      {...(render && { render })}
      disabled={disabled}
      {...(onClick && { onClick })}
      className={cn(itemStyle, tone === 'danger' && 'text-error')}
    >
      {Icon && <Icon aria-hidden size={16} className={tone === 'danger' ? '' : 'text-muted'} />}
      <span className="flex-1">{children}</span>
      {note && <span className="text-sm text-muted">{note}</span>}
    </Base.Item>
  )
}

export function MenuCheckbox({
  checked,
  onCheckedChange,
  children,
}: {
  checked: boolean
  onCheckedChange: (checked: boolean) => void
  children: ReactNode
}) {
  return (
    <Base.CheckboxItem checked={checked} onCheckedChange={onCheckedChange} closeOnClick={false} className={itemStyle}>
      <span className="size-4 text-accent">
        <Base.CheckboxItemIndicator>
          <Check aria-hidden size={16} />
        </Base.CheckboxItemIndicator>
      </span>
      <span className="flex-1">{children}</span>
    </Base.CheckboxItem>
  )
}

type RadioProps<T extends string> = {
  value: T
  onValueChange: (value: T) => void
  label: string
  options: readonly { value: T; label: string; icon?: LucideIcon }[]
}

export function MenuRadioGroup<T extends string>({ value, onValueChange, label, options }: RadioProps<T>) {
  return (
    <Base.RadioGroup value={value} onValueChange={(next: T) => onValueChange(next)}>
      <MenuLabel>{label}</MenuLabel>
      {options.map(({ value: option, label: name, icon: Icon }) => (
        <Base.RadioItem key={option} value={option} closeOnClick={false} className={itemStyle}>
          {Icon && <Icon aria-hidden size={16} className="text-muted" />}
          <span className="flex-1">{name}</span>
          <span className="size-4 text-accent">
            <Base.RadioItemIndicator>
              <Check aria-hidden size={16} />
            </Base.RadioItemIndicator>
          </span>
        </Base.RadioItem>
      ))}
    </Base.RadioGroup>
  )
}

function MenuLabel({ children }: { children: ReactNode }) {
  return <Base.GroupLabel className="px-2 pt-1.5 pb-1 text-xs font-medium text-muted">{children}</Base.GroupLabel>
}

export function MenuSeparator() {
  return <Base.Separator className="-mx-1 my-1 h-px bg-border" />
}
