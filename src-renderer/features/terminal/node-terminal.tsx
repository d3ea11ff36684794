import { SquareTerminal } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { FleetNode } from '#contract/nodes'
import { Button } from '../../components/ui/button.tsx'
import { Card } from '../../components/ui/card.tsx'
import { CopyButton } from '../../components/ui/copy-button.tsx'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { useCan } from '../../lib/me.ts'
import { readTerminals, withAnother, writeTerminals } from './open-terminals.ts'
import { TerminalSessions } from './terminal-sessions.tsx'
import { TerminalTabs } from './terminal-tabs.tsx'
import { isAway } from '../../lib/away.ts'

/** What stands in agent.json to allow it. */
const SETTING = '{ "terminal": true }'

/** The terminals of a machine: those that are open here, and who was there. */
export function NodeTerminal({ node }: { node: FleetNode }) {
  const { t } = useTranslation()
  const isAllowed = useCan('nodes.terminal')
  const [open, setOpen] = useState(() => readTerminals(node.id))
  useEffect(() => writeTerminals(node.id, open), [node.id, open])

  if (!isAllowed) {
    return (
      <Card>
        <EmptyState icon={SquareTerminal} title={t('terminal.title')}>
          {t('terminal.noRight')}
        </EmptyState>
      </Card>
    )
  }
  const away = isAway(node)
  return (
    <div className="flex flex-col gap-4">
      {node.features.terminal && open.length > 0 ? (
        <TerminalTabs node={node} open={open} onChange={setOpen} />
      ) : (
        <Card>
          {node.features.terminal ? (
            <EmptyState
              icon={SquareTerminal}
              title={t('terminal.empty')}
              action={
                <Button variant="primary" disabled={away} onClick={() => setOpen(withAnother(open))}>
                  {t('terminal.open')}
                </Button>
              }
            >
              {away ? t('terminal.away') : t('terminal.emptyHelp')}
              {node.records_terminals && !away && <> {t('terminal.emptyRecorded')}</>}
            </EmptyState>
          ) : (
            <EmptyState
              icon={SquareTerminal}
              title={t('terminal.disabled')}
              action={
                <span className="flex items-center gap-2 rounded-md border border-border bg-sunken py-1 pr-1 pl-3">
                  <code className="font-mono text-sm select-all">{SETTING}</code>
                  <CopyButton text={SETTING} label={t('terminal.copySetting')} />
                </span>
              }
            >
              {t('terminal.disabledHelp')}
            </EmptyState>
          )}
        </Card>
      )}
      <TerminalSessions node={node} />
    </div>
  )
}
