import { Lock } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Permission } from '#contract/permissions'
import { Card } from '../../components/ui/card.tsx'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { permissionText } from '../../lib/permission-text.ts'

/** What somebody sees who came by a link to a part that is not open to them. */
export function NoRight({ needs }: { needs: Permission }) {
  const { t } = useTranslation()
  return (
    <Card>
      <EmptyState icon={Lock} title={t('nodes.noRight')}>
        {t('nodes.noRightHelp', { right: permissionText(needs, needs) })}
      </EmptyState>
    </Card>
  )
}
