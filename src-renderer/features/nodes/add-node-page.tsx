import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Lock } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { getInstallOptions } from '#contract/network'
import { createRegisterToken } from '#contract/nodes'
import type { Output } from '#contract/operation'
import { Button } from '../../components/ui/button.tsx'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { ErrorState } from '../../components/ui/error-state.tsx'
import { PageHead } from '../../components/ui/page-head.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { useMe } from '../../lib/me.ts'
import { problemText } from '../../lib/problem-text.ts'
import { mutationFor, queryFor } from '../../lib/query.ts'
import { AddCommand, RemoveCommand } from './add-command.tsx'
import { type AddForm, addressOf, arePathsUsable, emptyForm, pathsOf, tokenInput } from './add-form.ts'
import { AddOptions } from './add-options.tsx'
import { AddReach } from './add-reach.tsx'
import { AddWait, useArrival } from './add-wait.tsx'
import { checkLabels } from './node-form.ts'

/** From nothing to a machine that is there: how it reaches us and what it allows, then the command, then waiting for it. */
export function AddNodePage() {
  const { t } = useTranslation()
  const me = useMe()
  const isAllowed = me?.permissions.includes('nodes.create') ?? true
  const options = useQuery({ ...queryFor(getInstallOptions, {}), enabled: isAllowed })
  return (
    <>
      <PageHead title={t('joining.title')} back={<Link to="/machines">{t('nodes.title')}</Link>} />
      {!isAllowed ? (
        <EmptyState icon={Lock} title={t('joining.noRight')}>
          {t('joining.noRightHelp')}
        </EmptyState>
      ) : options.isPending ? (
        <Skeleton className="h-96 max-w-form" />
      ) : options.isError ? (
        <ErrorState error={options.error} title={t('joining.failed')} onRetry={() => void options.refetch()} />
      ) : (
        <Wizard options={options.data} />
      )}
    </>
  )
}

function Wizard({ options }: { options: Output<typeof getInstallOptions> }) {
  const { t } = useTranslation()
  const [form, setForm] = useState<AddForm>(emptyForm)
  // Kept here: a mutation forgets what it made while it makes another.
  const [made, setMade] = useState<Output<typeof createRegisterToken>>()
  const node = useArrival(made?.node_id)
  const making = useMutation({ ...mutationFor(useQueryClient(), createRegisterToken), onSuccess: setMade })
  const set = (change: Partial<AddForm>) => setForm((now) => ({ ...now, ...change }))
  const make = () => making.mutate({ body: tokenInput(form) })
  const address = addressOf(form, options.addresses)
  if (made && address) {
    const choice = {
      address,
      scriptSha256: options.script_sha256,
      token: made.token,
      terminal: form.terminal,
      hostFilePaths: pathsOf(form),
      ssh: form.ssh,
      preferIpv4: form.preferIpv4,
    }
    return (
      <div className="flex max-w-form flex-col gap-4">
        {/* A command that was used is of no more use: what stands there is what became of it. */}
        {!node && <AddCommand choice={choice} />}
        {making.error !== null && <Refused error={making.error} />}
        <AddWait
          key={made.node_id}
          made={made}
          node={node}
          isRenewing={making.isPending}
          onRenew={make}
          onBack={() => setMade(undefined)}
          onAnother={() => {
            setForm((now) => ({ ...emptyForm, url: now.url }))
            setMade(undefined)
          }}
        />
        {node && <RemoveCommand choice={choice} />}
      </div>
    )
  }
  const labelFaults = checkLabels(form.labels)
  const isReady =
    address !== undefined &&
    address.kind !== 'this_machine' &&
    arePathsUsable(form) &&
    labelFaults.every((fault) => fault === undefined)
  return (
    <form
      noValidate
      className="flex max-w-form flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        if (isReady && !making.isPending) make()
      }}
    >
      <p className="text-muted">{t('joining.lead')}</p>
      {address && <AddReach addresses={options.addresses} chosen={address} onChoose={(url) => set({ url })} />}
      <AddOptions form={form} set={set} labelFaults={labelFaults} hasRelease={options.releases.length > 0} />
      {making.error !== null && <Refused error={making.error} />}
      <div className="flex justify-end">
        <Button type="submit" variant="primary" disabled={!isReady} pending={making.isPending}>
          {t('joining.next')}
        </Button>
      </div>
    </form>
  )
}

const Refused = ({ error }: { error: Error }) => (
  <p role="alert" className="text-error">
    {problemText(error)}
  </p>
)
