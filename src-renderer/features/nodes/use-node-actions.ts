import { useNavigate } from '@tanstack/react-router'
import { Copy, Server, Settings } from 'lucide-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { FleetNode } from '#contract/nodes'
import { toast } from '../../components/ui/toast.tsx'
import { type PaletteAction, usePaletteActions } from '../../lib/actions.ts'
import { copyText } from '../../lib/clipboard.ts'

/** What the palette offers while a machine is in front. */
export function useNodeActions({ id, name, address }: FleetNode): void {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const actions = useMemo((): PaletteAction[] => {
    const open = (tab: 'servers' | 'settings') =>
      void navigate({ to: '/machines/$nodeId', params: { nodeId: id }, search: { tab } })
    return [
      { id: 'node.servers', label: t('nodes.actions.servers', { name }), icon: Server, run: () => open('servers') },
      {
        id: 'node.settings',
        label: t('nodes.actions.settings', { name }),
        icon: Settings,
        run: () => open('settings'),
      },
      ...(address
        ? [
            {
              id: 'node.address',
              label: t('nodes.actions.copyAddress', { name }),
              hint: address,
              icon: Copy,
              run: () =>
                void copyText(address).then((done) =>
                  toast({ title: t(done ? 'common.copied' : 'common.copyRefused') }),
                ),
            },
          ]
        : []),
    ]
  }, [t, navigate, id, name, address])
  usePaletteActions('node', actions)
}
