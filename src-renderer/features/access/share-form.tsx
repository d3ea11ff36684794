import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { InstanceAccess } from '#contract/access'
import type { Instance } from '#contract/instances'
import { listMembers } from '#contract/members'
import type { InstancePermission } from '#contract/permissions'
import { Autocomplete } from '../../components/ui/autocomplete.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Field } from '../../components/ui/field.tsx'
import { toast } from '../../components/ui/toast.tsx'
import { useCan, useMe } from '../../lib/me.ts'
import { problemCode, problemText } from '../../lib/problem-text.ts'
import { queryFor } from '../../lib/query.ts'
import { PresetSelect } from './preset-select.tsx'
import { mayGive, presetOf, presets } from './presets.ts'
import { RightsChecks } from './rights-checks.tsx'
import type { useAccess } from './use-access.ts'

type Props = { instance: Instance; access: ReturnType<typeof useAccess>; people: readonly InstanceAccess[] }

/** Shares the server with one more member. */
export function ShareForm({ instance, access, people }: Props) {
  const { t } = useTranslation()
  const [email, setEmail] = useState('')
  const [rights, setRights] = useState<readonly InstancePermission[]>(
    mayGive(presets.watch, instance.rights) ? presets.watch : ['instances.view'],
  )
  const [isCustom, setCustom] = useState(false)
  const [isTried, setTried] = useState(false)
  const mayInvite = useCan('members.invite')
  const addresses = useAddresses(instance, people)
  const { share } = access
  const isMissing = isTried && email.trim() === ''
  const isUnknown = problemCode(share.error) === 'member_not_found'

  const submit = async () => {
    setTried(true)
    const address = email.trim()
    if (address === '' || share.isPending) return
    const given = await access.give(address, rights).catch(() => undefined)
    if (!given) return
    setEmail('')
    setTried(false)
    toast({ title: t('access.shared', { email: given.email, name: instance.name }), tone: 'done' })
  }

  return (
    <form
      noValidate
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault()
        void submit()
      }}
    >
      <div className="flex flex-wrap items-start gap-3">
        <Field
          className="flex-1 basis-64"
          label={t('access.address')}
          error={
            isMissing ? (
              t('access.noAddress')
            ) : isUnknown ? (
              <>
                {t('access.notMember')}{' '}
                {mayInvite && (
                  <Link to="/organization" search={{ tab: 'invites' }} className="underline">
                    {t('access.invite')}
                  </Link>
                )}
              </>
            ) : (
              share.isError && problemText(share.error)
            )
          }
        >
          <Autocomplete
            type="email"
            value={email}
            onValueChange={(next) => {
              setEmail(next)
              if (share.isError) share.reset()
            }}
            suggestions={addresses}
          />
        </Field>
        <Field
          className="basis-56"
          label={t('access.rights')}
          help={t(`permissions.presets.${isCustom ? 'custom' : (presetOf(rights) ?? 'custom')}Help`)}
        >
          <PresetSelect
            label={t('access.rights')}
            value={rights}
            held={instance.rights}
            onChange={(next) => {
              setRights(next)
              setCustom(false)
            }}
            onCustom={() => setCustom(true)}
          />
        </Field>
        <Button type="submit" variant="primary" pending={share.isPending} className="mt-6 max-sm:mt-0 max-sm:w-full">
          {t('access.share')}
        </Button>
      </div>
      {isCustom && (
        <div className="rounded-md border border-border bg-sunken p-3">
          <RightsChecks label={t('access.rights')} value={rights} held={instance.rights} onChange={setRights} />
        </div>
      )}
    </form>
  )
}

/** Members to whom it could mean something: who is not in the list, and does not see every server anyway. */
function useAddresses(instance: Instance, people: readonly InstanceAccess[]): string[] {
  const me = useMe()
  const maySee = useCan('members.view')
  const orgId = instance.organization_id
  const members = useQuery({
    ...queryFor(listMembers, { params: { orgId }, query: { limit: 200 } }),
    enabled: maySee,
  }).data
  return useMemo(() => {
    const taken = new Set(people.map(({ user_id: id }) => id))
    return (members?.items ?? [])
      .filter(
        ({ user_id: id, role }) => role === 'user' && id !== me?.id && id !== instance.created_by && !taken.has(id),
      )
      .map(({ email }) => email)
  }, [members, people, me, instance.created_by])
}
