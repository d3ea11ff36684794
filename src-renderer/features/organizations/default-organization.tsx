import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Check } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { getOrganization, listOrganizations, type Organization, setDefaultOrganization } from '#contract/organizations'
import { Button } from '../../components/ui/button.tsx'
import { Card, CardBody, CardHead } from '../../components/ui/card.tsx'
import { toast, toastError } from '../../components/ui/toast.tsx'
import { mutationFor } from '../../lib/query.ts'

/** Which organization the person stands in where nothing says another; everybody’s own choice. */
export function DefaultOrganization({ organization }: { organization: Organization }) {
  const { t } = useTranslation()
  const { id: orgId, name, is_default: isDefault } = organization
  const choose = useMutation(
    mutationFor(useQueryClient(), setDefaultOrganization, [getOrganization, listOrganizations]),
  )
  return (
    <Card aria-labelledby="default">
      <CardHead id="default" title={t('organizations.settings.default')} />
      <CardBody className="flex flex-wrap items-center justify-between gap-3">
        <p className="min-w-0 flex-1 basis-64 text-pretty text-muted">{t('organizations.settings.defaultHelp')}</p>
        {isDefault ? (
          <p className="flex items-center gap-1.5 font-medium">
            <Check aria-hidden size={16} className="text-running" />
            {t('organizations.settings.isDefault')}
          </p>
        ) : (
          <Button
            pending={choose.isPending}
            onClick={() =>
              choose.mutate(
                { params: { orgId } },
                {
                  onSuccess: () => toast({ title: t('organizations.settings.madeDefault', { name }), tone: 'done' }),
                  onError: (error) => toastError(t('organizations.settings.defaultFailed'), error),
                },
              )
            }
          >
            {t('organizations.settings.makeDefault')}
          </Button>
        )}
      </CardBody>
    </Card>
  )
}
