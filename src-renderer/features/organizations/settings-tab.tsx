import type { Me } from '#contract/auth'
import type { Organization } from '#contract/organizations'
import { DefaultOrganization } from './default-organization.tsx'
import { DeleteOrganization } from './delete-organization.tsx'
import { GeneralSettings } from './general-settings.tsx'
import { LeaveOrganization } from './leave-organization.tsx'
import { TransferOwnership } from './transfer-ownership.tsx'

/** The organization itself: its names, which one is the default, and how one parts from it. */
export function SettingsTab({ me, organization }: { me: Me; organization: Organization }) {
  const may = (permission: string) => me.permissions.includes(permission)
  return (
    <div className="flex max-w-form flex-col gap-4">
      <GeneralSettings organization={organization} isReadOnly={!may('organization.update')} />
      <DefaultOrganization organization={organization} />
      <LeaveOrganization me={me} organization={organization} />
      {may('organization.transfer') && <TransferOwnership me={me} organization={organization} />}
      {may('organization.delete') && <DeleteOrganization organization={organization} />}
    </div>
  )
}
