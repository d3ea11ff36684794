import { useTranslation } from 'react-i18next'
import { Button } from '../ui/button.tsx'
import type { OutputStatus } from './output-session.ts'

/** Under a shell that is over, or that is shown elsewhere: how that came, and the way on. */
export function TerminalOver({ status, onReopen }: { status: OutputStatus; onReopen: () => void }) {
  const { t } = useTranslation()
  if (status.kind !== 'over' && status.kind !== 'ended') return null
  const words = () => {
    if (status.kind === 'ended') {
      const { code } = status
      if (code === 'taken_over') return t('terminal.takenOver')
      const isKnown = code === 'not_found' || code === 'forbidden' || code === 'unauthorized'
      return isKnown ? t(`terminal.gone.${code}`) : (status.error ?? t('terminal.gone.other', { code }))
    }
    const { reason, exit_code, signal, detail } = status.end
    if (reason === 'exited') {
      return signal ? t('terminal.over.signal', { signal }) : t('terminal.over.exited', { code: exit_code ?? 0 })
    }
    if (reason === 'refused' || reason === 'node_offline') return detail ?? t(`terminal.over.${reason}`)
    return t(`terminal.over.${reason}`)
  }
  const canReopen = status.kind === 'over' || status.code === 'taken_over'
  return (
    <div
      role="status"
      className="flex min-h-11 flex-wrap items-center gap-x-3 gap-y-1 border-t border-border bg-surface px-3 py-1.5"
    >
      <span className="min-w-0 flex-1 text-pretty">{words()}</span>
      {canReopen && (
        <Button size="sm" variant="primary" onClick={onReopen}>
          {t(status.kind === 'over' ? 'terminal.openAnother' : 'terminal.continueHere')}
        </Button>
      )}
    </div>
  )
}
