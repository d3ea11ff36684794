import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Instance } from '#contract/instances'
import { AlertDialog } from '../../components/ui/alert-dialog.tsx'
import { toastError } from '../../components/ui/toast.tsx'
import { DeleteInstance } from './delete-instance.tsx'
import type { PowerAction } from './power.ts'
import { usePower } from './use-power.ts'

type RowActions = {
  act: (instance: Instance, action: PowerAction) => void
  /** Asks first: what it does can not be taken back. */
  ask: (instance: Instance, what: 'kill' | 'delete') => void
}

const Context = createContext<RowActions | undefined>(undefined)

export function useRowActions(): RowActions {
  const actions = useContext(Context)
  if (!actions) throw new Error('A row of servers is outside of its list.')
  return actions
}

/** What the rows of a list can do, held once for all of them. */
export function RowActionsProvider({ children }: { children: ReactNode }) {
  const { t } = useTranslation()
  const { mutate, mutateAsync } = usePower()
  const [asked, setAsked] = useState<{ instance: Instance; what: 'kill' | 'delete' }>()

  const act = useCallback(
    (instance: Instance, action: PowerAction) =>
      mutate(
        { instance, action },
        { onError: (error) => toastError(t(`instances.${action}Failed`, { name: instance.name }), error) },
      ),
    [mutate, t],
  )
  const ask = useCallback((instance: Instance, what: 'kill' | 'delete') => setAsked({ instance, what }), [])
  const actions = useMemo(() => ({ act, ask }), [act, ask])
  const close = (isOpen: boolean) => !isOpen && setAsked(undefined)

  return (
    <Context value={actions}>
      {children}
      {asked?.what === 'kill' && (
        <AlertDialog
          open
          onOpenChange={close}
          title={t('instances.killTitle', { name: asked.instance.name })}
          action={t('instances.kill')}
          onConfirm={() => mutateAsync({ instance: asked.instance, action: 'kill' })}
        >
          {t('instances.killHelp')}
        </AlertDialog>
      )}
      {asked?.what === 'delete' && <DeleteInstance instance={asked.instance} open onOpenChange={close} />}
    </Context>
  )
}
