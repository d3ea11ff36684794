import { ArrowDown } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { MachineContainer } from '#contract/inventory'
import type { FleetNode } from '#contract/nodes'
import { Button } from '../../components/ui/button.tsx'
import { Checkbox } from '../../components/ui/checkbox.tsx'
import { Dialog } from '../../components/ui/dialog.tsx'
import { formatDateTime, formatTimeExact } from '../../lib/format.ts'
import { problemText } from '../../lib/problem-text.ts'
import { AnsiText } from '../console/ansi-text.tsx'
import { type LogLine, useContainerLogs } from './use-container-logs.ts'
import { useEnd } from './use-end.ts'

type Props = { node: FleetNode; container: MachineContainer; onClose: () => void }

/** The last lines of a container's log, and those that come. It follows the end until one scrolls up. */
export function ContainerLogs({ node, container, onClose }: Props) {
  const { t } = useTranslation()
  const [follow, setFollow] = useState(true)
  const [timestamps, setTimestamps] = useState(false)
  const { lines, state, error } = useContainerLogs(node.id, container.id, { follow, timestamps })
  const { box, onScroll, isAtEnd, toEnd } = useEnd(lines)

  const status =
    state === 'open'
      ? t(follow ? 'inventory.logs.following' : 'inventory.logs.reading')
      : state === 'ended'
        ? t('inventory.logs.ended')
        : ''
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      size="lg"
      title={t('inventory.logs.title', { name: container.name })}
      description={container.image}
    >
      <div className="flex flex-col gap-3">
        <div className="flex flex-wrap items-center gap-x-5 gap-y-2">
          <Checkbox checked={follow} onCheckedChange={setFollow} label={t('inventory.logs.follow')} />
          <Checkbox checked={timestamps} onCheckedChange={setTimestamps} label={t('inventory.logs.timestamps')} />
          <span role="status" className="ml-auto text-sm text-muted">
            {status}
          </span>
        </div>
        {error !== undefined && (
          <p role="alert" className="text-error">
            {problemText(error)}
          </p>
        )}
        <div className="relative">
          <div
            ref={box}
            role="log"
            aria-label={t('inventory.logs.title', { name: container.name })}
            aria-live="off"
            // Scrolled with the keyboard as well.
            // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
            tabIndex={0}
            onScroll={onScroll}
            className="h-[55dvh] overflow-auto rounded-md border border-border bg-sunken p-3 font-mono text-sm"
          >
            {lines.length === 0 ? (
              <p className="text-muted">{t(state === 'ended' ? 'inventory.logs.empty' : 'inventory.logs.waiting')}</p>
            ) : (
              lines.map((line) => <Line key={line.number} line={line} hasTime={timestamps} />)
            )}
          </div>
          {!isAtEnd && (
            <Button
              size="sm"
              className="absolute bottom-2 left-1/2 -translate-x-1/2 rounded-full shadow-overlay"
              onClick={toEnd}
            >
              <ArrowDown aria-hidden size={14} />
              {t('inventory.logs.toEnd')}
            </Button>
          )}
        </div>
      </div>
    </Dialog>
  )
}

/** The engine puts the time before a line, to the billionth of a second and in UTC. */
const stamped = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?Z ?/

function Line({ line: { text }, hasTime }: { line: LogLine; hasTime: boolean }) {
  const [whole = '', second] = (hasTime && stamped.exec(text)) || []
  const at = second && `${second}Z`
  return (
    <div className="min-h-5 wrap-anywhere whitespace-pre-wrap select-text">
      {at && (
        <time dateTime={at} title={formatDateTime(at)} className="mr-2 text-muted tabular">
          {formatTimeExact(at)}
        </time>
      )}
      <AnsiText line={text.slice(whole.length)} />
    </div>
  )
}
