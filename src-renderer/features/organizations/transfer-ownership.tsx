import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { getMe, type Me } from '#contract/auth'
import { getOrganization, listOrganizations, type Organization, transferOrganization } from '#contract/organizations'
import { listMembers } from '#contract/members'
import { AlertDialog } from '../../components/ui/alert-dialog.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Card, CardBody, CardHead } from '../../components/ui/card.tsx'
import { Field } from '../../components/ui/field.tsx'
import { Select } from '../../components/ui/select.tsx'
import { toast } from '../../components/ui/toast.tsx'
import { mutationFor, queryFor } from '../../lib/query.ts'

/** Hands the organization over. It cannot be taken back, so the name is typed. */
export function TransferOwnership({ me, organization: { id, name } }: { me: Me; organization: Organization }) {
  const { t } = useTranslation()
  const [heirId, setHeirId] = useState<string | null>(null)
  const members = useQuery(queryFor(listMembers, { params: { orgId: id }, query: { limit: 200 } })).data?.items
  const transfer = useMutation(
    mutationFor(useQueryClient(), transferOrganization, [getOrganization, listOrganizations, listMembers, getMe]),
  )
  const heirs = (members ?? []).filter(({ user_id: userId, suspended }) => userId !== me.id && !suspended)
  const heir = heirs.find(({ user_id: userId }) => userId === heirId)
  return (
    <Card aria-labelledby="transfer">
      <CardHead id="transfer" title={t('organizations.settings.transfer')} />
      <CardBody className="flex flex-col gap-3">
        <p className="text-pretty text-muted">
          {members && heirs.length === 0
            ? t('organizations.settings.transferNobody')
            : t('organizations.settings.transferHelp')}
        </p>
        {heirs.length > 0 && (
          <div className="flex flex-wrap items-end gap-3">
            <Field label={t('organizations.settings.transferTo')} className="flex-1 basis-64">
              <Select
                value={heirId}
                placeholder={t('organizations.settings.transferPick')}
                onValueChange={setHeirId}
                options={heirs.map(({ user_id: value, email, role }) => ({
                  value,
                  label: email,
                  note: t(`permissions.roles.${role}`),
                }))}
              />
            </Field>
            <AlertDialog
              trigger={<Button disabled={!heir}>{t('organizations.settings.transferButton')}</Button>}
              title={t('organizations.settings.transferAsk', { name, email: heir?.email ?? '' })}
              action={t('organizations.settings.transferButton')}
              typeToConfirm={name}
              onConfirm={async () => {
                if (!heir) return
                await transfer.mutateAsync({ params: { orgId: id }, body: { user_id: heir.user_id } })
                toast({
                  title: t('organizations.settings.transferred', { email: heir.email, name }),
                  tone: 'done',
                })
              }}
            >
              <p>{t('organizations.settings.transferLost')}</p>
              <p>{t('organizations.settings.transferKept')}</p>
            </AlertDialog>
          </div>
        )}
      </CardBody>
    </Card>
  )
}
