import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Instance } from '#contract/instances'
import { Button } from '../../components/ui/button.tsx'
import { Card, CardBody, CardHead } from '../../components/ui/card.tsx'
import { useCan } from '../../lib/me.ts'
import { MoveDialog } from './move-dialog.tsx'

/** In a server’s settings: to another machine. */
export function MoveCard({ instance }: { instance: Instance }) {
  const { t } = useTranslation()
  const mayMove = useCan('nodes.drain')
  const [isOpen, setOpen] = useState(false)
  if (!mayMove) return null
  return (
    <Card aria-labelledby="move">
      <CardHead id="move" title={t('migrations.move.one')} />
      <CardBody className="flex flex-wrap items-center justify-between gap-4">
        <p className="min-w-0 flex-1 basis-64 text-pretty text-muted">{t('migrations.move.oneHelp')}</p>
        <Button disabled={instance.state === 'migrating'} onClick={() => setOpen(true)}>
          {t('migrations.move.button')}
        </Button>
      </CardBody>
      <MoveDialog
        open={isOpen}
        onOpenChange={setOpen}
        source={{ id: instance.node_id, name: instance.node_name }}
        instance={instance}
      />
    </Card>
  )
}
