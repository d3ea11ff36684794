import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { JoinAddress } from '#contract/install'
import { getInstallOptions, getNetworkSettings, updateNetworkSettings } from '#contract/network'
import { Button } from '../../components/ui/button.tsx'
import { ButtonLink } from '../../components/ui/button-link.tsx'
import { Card, CardBody, CardHead } from '../../components/ui/card.tsx'
import { Field } from '../../components/ui/field.tsx'
import { Select } from '../../components/ui/select.tsx'
import { useMe } from '../../lib/me.ts'
import { problemText } from '../../lib/problem-text.ts'
import { mutationFor, queryFor } from '../../lib/query.ts'

type Props = { addresses: readonly JoinAddress[]; chosen: JoinAddress; onChoose: (url: string) => void }

/** Where the machine is to find us; when nobody does yet, the way to change that. */
export function AddReach({ addresses, chosen, onChoose }: Props) {
  const { t } = useTranslation()
  return (
    <Card aria-labelledby="reach">
      <CardHead id="reach" title={t('joining.reach.title')} />
      <CardBody>
        {chosen.kind === 'this_machine' ? (
          <OnlyHere />
        ) : (
          <Field
            label={t('joining.reach.address')}
            help={t(chosen.fingerprint === null ? 'joining.reach.trusted' : 'joining.reach.pinned')}
          >
            <Select
              value={chosen.url}
              onValueChange={onChoose}
              options={addresses.map(({ url, kind }) => ({ value: url, label: t(`joining.reach.${kind}`, { url }) }))}
            />
          </Field>
        )}
      </CardBody>
    </Card>
  )
}

function OnlyHere() {
  const { t } = useTranslation()
  const isAdmin = useMe()?.platform_role === 'admin'
  const network = useQuery({ ...queryFor(getNetworkSettings, {}), enabled: isAdmin })
  const client = useQueryClient()
  const switching = useMutation(mutationFor(client, updateNetworkSettings, [getNetworkSettings, getInstallOptions]))
  return (
    <div className="flex flex-col items-start gap-3">
      <div>
        <p className="font-medium">{t('joining.reach.onlyHere')}</p>
        <p className="text-muted">{t('joining.reach.onlyHereHelp', { port: network.data?.port ?? 7481 })}</p>
      </div>
      {isAdmin ? (
        <>
          {(switching.error ?? network.data?.problem) && (
            <p role="alert" className="text-error">
              {switching.error ? problemText(switching.error) : network.data?.problem}
            </p>
          )}
          <div className="flex flex-wrap gap-2">
            <Button
              variant="primary"
              pending={switching.isPending}
              onClick={() => switching.mutate({ body: { is_enabled: true } })}
            >
              {t('joining.reach.switchOn')}
            </Button>
            <ButtonLink to="/admin" search={{ section: 'network' }}>
              {t('joining.reach.otherPort')}
            </ButtonLink>
          </div>
        </>
      ) : (
        <p>{t('joining.reach.askAdmin')}</p>
      )}
    </div>
  )
}
