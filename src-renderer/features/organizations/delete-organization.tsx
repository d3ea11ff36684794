import { useTranslation } from 'react-i18next'
import { deleteOrganization, type Organization } from '#contract/organizations'
import { AlertDialog } from '../../components/ui/alert-dialog.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Card, CardBody, CardHead } from '../../components/ui/card.tsx'
import { toast } from '../../components/ui/toast.tsx'
import { call } from '../../lib/api.ts'
import { useGoElsewhere } from './use-go-elsewhere.ts'

/** Deletes the organization. What stands in the way, and what goes with it, is said before. */
export function DeleteOrganization({ organization }: { organization: Organization }) {
  const { t } = useTranslation()
  const goElsewhere = useGoElsewhere()
  const { id: orgId, name, members, nodes, workloads, instances } = organization
  const isBlocked = nodes > 0 || instances > 0
  return (
    <Card aria-labelledby="delete" className="border-error">
      <CardHead
        title={
          <span id="delete" className="text-error">
            {t('organizations.settings.delete')}
          </span>
        }
      />
      <CardBody className="flex flex-wrap items-center justify-between gap-3">
        <p className="min-w-0 flex-1 basis-64 text-pretty text-muted">
          {isBlocked
            ? t('organizations.settings.deleteBlocked', {
                nodes: t('organizations.settings.nodeCount', { count: nodes }),
                instances: t('organizations.settings.instanceCount', { count: instances }),
              })
            : t('organizations.settings.deleteHelp')}
        </p>
        <AlertDialog
          trigger={
            <Button variant="danger" disabled={isBlocked}>
              {t('organizations.settings.deleteButton')}
            </Button>
          }
          title={t('organizations.settings.deleteAsk', { name })}
          action={t('organizations.settings.deleteButton')}
          typeToConfirm={name}
          onConfirm={async () => {
            await call(deleteOrganization, { params: { orgId }, query: { confirm: name } })
            toast({ title: t('organizations.settings.deleted', { name }) })
            await goElsewhere()
          }}
        >
          <p>
            {t('organizations.settings.deleteLost', {
              count: members,
              workloads: t('organizations.settings.workloadCount', { count: workloads }),
            })}
          </p>
          <p>{t('organizations.settings.deleteKept')}</p>
        </AlertDialog>
      </CardBody>
    </Card>
  )
}
