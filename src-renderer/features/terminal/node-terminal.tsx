import { SquareTerminal } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { FleetNode } from '#contract/nodes'
import { Button } from '../../components/ui/button.tsx'
import { Card } from '../../components/ui/card.tsx'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { useCan } from '../../lib/me.ts'
import { readTerminals, withAnother, writeTerminals } from './open-terminals.ts'
import { TerminalSessions } from './terminal-sessions.tsx'
import { TerminalTabs } from './terminal-tabs.tsx'

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
  const isAway = node.state === 'offline'
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
                <Button variant="primary" disabled={isAway} onClick={() => setOpen(withAnother(open))}>
                  {t('terminal.open')}
                </Button>
              }
            >
              {isAway ? t('terminal.away') : t('terminal.emptyHelp')}
              {node.records_terminals && !isAway && <> {t('terminal.emptyRecorded')}</>}
            </EmptyState>
          ) : (
            <EmptyState
              icon={SquareTerminal}
              title={t('terminal.disabled')}
              action={
                <code className="rounded-md border border-border bg-sunken px-3 py-1.5 font-mono text-sm">
                  {SETTING}
                </code>
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
