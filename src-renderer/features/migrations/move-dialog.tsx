import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { getInstance, listInstances } from '#contract/instances'
import { listMigrations, migrateInstances, type Migration } from '#contract/migrations'
import { listNodes } from '#contract/nodes'
import { Button } from '../../components/ui/button.tsx'
import { Dialog, DialogClose } from '../../components/ui/dialog.tsx'
import { Field } from '../../components/ui/field.tsx'
import { RadioCards } from '../../components/ui/radio-cards.tsx'
import { Select } from '../../components/ui/select.tsx'
import { toast } from '../../components/ui/toast.tsx'
import { problemText } from '../../lib/problem-text.ts'
import { mutationFor, queryFor } from '../../lib/query.ts'

type Props = {
  open: boolean
  onOpenChange: (open: boolean) => void
  source: { id: string; name: string }
  /** Without one, all servers of the machine. */
  instance?: { id: string; name: string }
}
type Mode = Migration['mode']

/** Moves one server, or all of a machine, to a machine that one chooses. */
export function MoveDialog({ open, onOpenChange, source, instance }: Props) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const [target, setTarget] = useState<string | null>(null)
  const [mode, setMode] = useState<Mode>('live')
  const nodes = useQuery({ ...queryFor(listNodes, { query: { limit: 200 } }), enabled: open })
  const move = useMutation(
    mutationFor(useQueryClient(), migrateInstances, [listMigrations, listInstances, getInstance]),
  )
  const others = (nodes.data?.items ?? []).filter(({ id }) => id !== source.id)

  async function submit() {
    if (target === null) return
    const { migrations } = await move.mutateAsync({
      params: { id: source.id },
      body: { target_node_id: target, mode, ...(instance && { instance_ids: [instance.id] }) },
    })
    onOpenChange(false)
    toast({
      title: t('migrations.begun', { count: migrations.length }),
      action: { label: t('migrations.show'), run: () => void navigate({ to: '/moves' }) },
    })
  }

  return (
    <Dialog
      open={open}
      onOpenChange={(next) => {
        move.reset()
        onOpenChange(next)
      }}
      title={
        instance
          ? t('migrations.move.title', { name: instance.name })
          : t('migrations.move.titleAll', { name: source.name })
      }
      footer={
        <>
          <DialogClose render={<Button>{t('common.cancel')}</Button>} />
          <Button
            variant="primary"
            disabled={target === null}
            pending={move.isPending}
            onClick={() => void submit().catch(() => {})}
          >
            {t('migrations.move.action')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {nodes.data && others.length === 0 ? (
          <p className="text-muted">{t('migrations.move.noTarget')}</p>
        ) : (
          <Field label={t('migrations.move.target')}>
            <Select
              value={target}
              onValueChange={setTarget}
              placeholder={t('migrations.move.choose')}
              options={others.map(({ id, name, state }) => ({
                value: id,
                label: name,
                disabled: state === 'offline',
                ...(state === 'offline' && { note: t('migrations.move.offline') }),
              }))}
            />
          </Field>
        )}
        <ModeChoice mode={mode} onChange={setMode} />
        <p className="text-sm text-pretty text-muted">{t('migrations.move.keeps', { machine: source.name })}</p>
        {move.isError && (
          <p role="alert" className="text-error">
            {problemText(move.error)}
          </p>
        )}
      </div>
    </Dialog>
  )
}

/** Whether it stops for all of the copying, or only for the end of it. */
export function ModeChoice({ mode, onChange }: { mode: Mode; onChange: (mode: Mode) => void }) {
  const { t } = useTranslation()
  return (
    <RadioCards
      label={t('migrations.move.mode')}
      value={mode}
      onValueChange={onChange}
      options={[
        { value: 'live', label: t('migrations.move.live'), help: t('migrations.move.liveHelp') },
        { value: 'stop', label: t('migrations.move.stop'), help: t('migrations.move.stopHelp') },
      ]}
    />
  )
}
