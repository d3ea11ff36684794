import { AlertDialog as Base } from '@base-ui/react/alert-dialog'
import { type ReactElement, type ReactNode, useState } from 'react'
import { Trans, useTranslation } from 'react-i18next'
import { cn } from '../../lib/cn.ts'
import { problemText } from '../../lib/problem-text.ts'
import { Button } from './button.tsx'
import { backdropStyle, dialogStyle, viewportStyle } from './dialog.tsx'
import { Field } from './field.tsx'
import { Input } from './input.tsx'

type Props = {
  open?: boolean
  onOpenChange?: (open: boolean) => void
  trigger?: ReactElement<Record<string, unknown>>
  title: ReactNode
  /** What is lost and what is kept. */
  children?: ReactNode
  /** The verb of the button that does it. */
  action: string
  tone?: 'primary' | 'danger'
  /** Where nothing can be undone: this name must be typed first. */
  typeToConfirm?: string
  disabled?: boolean
  /** The dialog closes when it is done, and shows the reason when it fails. */
  onConfirm: () => Promise<unknown>
}

/** Asks before something is done. The safe button has the focus. */
export function AlertDialog({
  open,
  onOpenChange,
  trigger,
  title,
  children,
  action,
  tone = 'danger',
  typeToConfirm,
  disabled = false,
  onConfirm,
}: Props) {
  const { t } = useTranslation()
  const [isOpenHere, setOpenHere] = useState(false)
  const [typed, setTyped] = useState('')
  const [isPending, setPending] = useState(false)
  const [error, setError] = useState<unknown>()

  const change = (next: boolean) => {
    if (isPending) return
    setOpenHere(next)
    setTyped('')
    setError(undefined)
    onOpenChange?.(next)
  }

  const confirm = async () => {
    setPending(true)
    setError(undefined)
    try {
      await onConfirm()
      setPending(false)
      setOpenHere(false)
      onOpenChange?.(false)
    } catch (failure) {
      setPending(false)
      setError(failure)
    }
  }

  const isReady = !disabled && (typeToConfirm === undefined || typed.trim() === typeToConfirm.trim())
  return (
    <Base.Root open={open ?? isOpenHere} onOpenChange={change}>
      {trigger && <Base.Trigger render={trigger} />}
      <Base.Portal>
        <Base.Backdrop className={backdropStyle} />
        <Base.Viewport className={viewportStyle}>
          <Base.Popup className={cn(dialogStyle, 'sm:max-w-110')}>
            <form
              className="flex min-h-0 flex-col"
              onSubmit={(event) => {
                event.preventDefault()
                if (isReady && !isPending) void confirm()
              }}
            >
              <div className="flex min-h-0 flex-col gap-3 overflow-y-auto p-4 sm:p-5">
                <Base.Title className="text-lg font-semibold text-balance">{title}</Base.Title>
                {children && (
                  <Base.Description render={<div />} className="flex flex-col gap-3 text-muted">
                    {children}
                  </Base.Description>
                )}
                {typeToConfirm !== undefined && (
                  <Field
                    label={
                      <Trans
                        i18nKey="common.typeToConfirm"
                        values={{ name: typeToConfirm }}
                        components={{ name: <strong className="font-semibold break-all select-text" /> }}
                      />
                    }
                  >
                    <Input value={typed} onValueChange={setTyped} spellCheck={false} autoCapitalize="off" />
                  </Field>
                )}
                {error !== undefined && (
                  <p role="alert" className="text-error">
                    {problemText(error)}
                  </p>
                )}
              </div>
              <footer className="flex flex-wrap justify-end gap-2 border-t border-border px-4 py-3 sm:px-5">
                <Base.Close render={<Button disabled={isPending}>{t('common.cancel')}</Button>} />
                <Button type="submit" variant={tone} pending={isPending} disabled={!isReady}>
                  {action}
                </Button>
              </footer>
            </form>
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  )
}
