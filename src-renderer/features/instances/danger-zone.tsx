import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Instance } from '#contract/instances'
import { Button } from '../../components/ui/button.tsx'
import { Card, CardBody, CardHead } from '../../components/ui/card.tsx'
import { DeleteInstance } from './delete-instance.tsx'

export function DangerZone({ instance }: { instance: Instance }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const [isOpen, setOpen] = useState(false)
  return (
    <Card className="border-error">
      <CardHead title={<span className="text-error">{t('instances.danger.title')}</span>} />
      <CardBody className="flex flex-wrap items-center justify-between gap-4">
        <p className="min-w-0 flex-1 text-pretty text-muted">{t('instances.danger.help')}</p>
        <Button variant="danger" onClick={() => setOpen(true)}>
          {t('instances.danger.button')}
        </Button>
      </CardBody>
      <DeleteInstance
        instance={instance}
        open={isOpen}
        onOpenChange={setOpen}
        onDeleted={() => void navigate({ to: '/servers' })}
      />
    </Card>
  )
}
