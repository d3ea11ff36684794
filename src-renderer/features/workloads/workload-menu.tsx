import { Link, useNavigate } from '@tanstack/react-router'
import { Copy, Ellipsis, FileBraces, FileCode, Pencil, Rocket, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { exportWorkload, type Workload } from '#contract/workloads'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { Menu, MenuItem, MenuSeparator } from '../../components/ui/menu.tsx'
import { toastError } from '../../components/ui/toast.tsx'
import { download } from '../../lib/api.ts'
import { useCan } from '../../lib/me.ts'
import { fileNameOf } from '../console/file-name.ts'
import { DeleteWorkload } from './delete-workload.tsx'
import { leaveDraft } from './draft.ts'

/** What can be done with a workload. `isPage` leaves out what its own page has in sight already. */
export function WorkloadMenu({
  workload,
  isPage = false,
  onDeleted,
}: {
  workload: Workload
  isPage?: boolean
  onDeleted?: () => void
}) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const [isDeleting, setDeleting] = useState(false)
  const mayDeploy = useCan('instances.create')
  const mayCreate = useCan('workloads.create')
  const mayDelete = workload.rights.includes('workloads.delete')
  const { id, name } = workload

  const save = (format: 'yaml' | 'json') =>
    void download(exportWorkload, { params: { id }, query: { format } }, fileNameOf(name, format)).catch(
      (error: unknown) => toastError(t('workloads.exportFailed', { name }), error),
    )
  const duplicate = async () => {
    const { writeSource } = await import('./workload-source.ts')
    const { document } = workload
    leaveDraft(
      writeSource({
        ...document,
        metadata: { ...document.metadata, name: t('workloads.copyOf', { name }).slice(0, 63) },
      }),
    )
    await navigate({ to: '/workloads/$workloadId', params: { workloadId: 'new' } })
  }

  return (
    <>
      <Menu
        trigger={
          <IconButton
            icon={Ellipsis}
            label={t('workloads.more', { name })}
            size={isPage ? 'md' : 'sm'}
            {...(isPage && { variant: 'secondary' })}
          />
        }
      >
        {!isPage && mayDeploy && (
          <MenuItem icon={Rocket} render={<Link to="/deploy" search={{ workload: id }} />}>
            {t('workloads.deploy')}
          </MenuItem>
        )}
        {!isPage && (
          <MenuItem icon={Pencil} render={<Link to="/workloads/$workloadId" params={{ workloadId: id }} />}>
            {t(workload.rights.includes('workloads.update') ? 'workloads.edit' : 'workloads.open')}
          </MenuItem>
        )}
        {mayCreate && (
          <MenuItem icon={Copy} onClick={() => void duplicate()}>
            {t('workloads.duplicate')}
          </MenuItem>
        )}
        <MenuSeparator />
        <MenuItem icon={FileCode} onClick={() => save('yaml')}>
          {t('workloads.exportYaml')}
        </MenuItem>
        <MenuItem icon={FileBraces} onClick={() => save('json')}>
          {t('workloads.exportJson')}
        </MenuItem>
        {mayDelete && (
          <>
            <MenuSeparator />
            <MenuItem icon={Trash2} tone="danger" onClick={() => setDeleting(true)}>
              {t('workloads.delete')}
            </MenuItem>
          </>
        )}
      </Menu>
      <DeleteWorkload
        workload={workload}
        open={isDeleting}
        onOpenChange={setDeleting}
        {...(onDeleted && { onDeleted })}
      />
    </>
  )
}
