import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { cn } from '../../lib/cn.ts'
import { Button, type ButtonProps } from './button.tsx'

const HOLD_MS = 1200

/** For what is drastic but needs no dialog: held for a moment by pointer or key it does it, let go earlier it does nothing. */
export function HoldButton({
  onHeld,
  children,
  className,
  variant = 'danger',
  ...props
}: Omit<ButtonProps, 'onClick'> & { onHeld: () => void }) {
  const { t } = useTranslation()
  const [isHeld, setHeld] = useState(false)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)

  const start = () => {
    if (props.disabled || props.pending || timer.current !== undefined) return
    setHeld(true)
    timer.current = setTimeout(() => {
      stop()
      onHeld()
    }, HOLD_MS)
  }
  const stop = () => {
    clearTimeout(timer.current)
    timer.current = undefined
    setHeld(false)
  }
  useEffect(() => () => clearTimeout(timer.current), [])

  return (
    <Button
      {...props}
      variant={variant}
      className={cn('overflow-hidden touch-none', className)}
      title={t('common.holdToConfirm')}
      onPointerDown={(event) => event.button === 0 && start()}
      onPointerUp={stop}
      onPointerLeave={stop}
      onPointerCancel={stop}
      onBlur={stop}
      onContextMenu={(event) => event.preventDefault()}
      onKeyDown={(event) => {
        if (event.key !== ' ' && event.key !== 'Enter') return
        event.preventDefault()
        start()
      }}
      onKeyUp={stop}
    >
      <span
        aria-hidden
        style={{ transitionDuration: isHeld ? `${HOLD_MS}ms` : '120ms' }}
        className={cn(
          'absolute inset-0 origin-left bg-current opacity-25 transition-[scale] ease-linear',
          isHeld ? 'scale-x-100' : 'scale-x-0',
        )}
      />
      <span className="relative">{isHeld ? t('common.keepHolding') : children}</span>
    </Button>
  )
}
