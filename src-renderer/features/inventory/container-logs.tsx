import { useLayoutEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { MachineContainer } from '#contract/inventory'
import type { FleetNode } from '#contract/nodes'
import { Checkbox } from '../../components/ui/checkbox.tsx'
import { Dialog } from '../../components/ui/dialog.tsx'
import { problemText } from '../../lib/problem-text.ts'
import { AnsiText } from '../console/ansi-text.tsx'
import { useContainerLogs } from './use-container-logs.ts'

type Props = { node: FleetNode; container: MachineContainer; onClose: () => void }

const NEAR_END_PX = 40

/** The last lines of a container's log, and those that come. It follows the end until one scrolls up. */
export function ContainerLogs({ node, container, onClose }: Props) {
  const { t } = useTranslation()
  const [follow, setFollow] = useState(true)
  const [timestamps, setTimestamps] = useState(false)
  const { lines, state, error } = useContainerLogs(node.id, container.id, { follow, timestamps })
  const box = useRef<HTMLDivElement>(null)
  const isAtEnd = useRef(true)

  useLayoutEffect(() => {
    if (isAtEnd.current && box.current) box.current.scrollTop = box.current.scrollHeight
  }, [lines])

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
        <div
          ref={box}
          role="log"
          aria-label={t('inventory.logs.title', { name: container.name })}
          aria-live="off"
          // Scrolled with the keyboard as well.
          // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
          tabIndex={0}
          onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
            isAtEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_END_PX
          }}
          className="h-[55dvh] overflow-auto rounded-md border border-border bg-sunken p-3 font-mono text-sm"
        >
          {lines.length === 0 ? (
            <p className="text-muted">{t(state === 'ended' ? 'inventory.logs.empty' : 'inventory.logs.waiting')}</p>
          ) : (
            lines.map(({ number, text }) => (
              <div key={number} className="min-h-5 break-all whitespace-pre-wrap select-text">
                <AnsiText line={text} />
              </div>
            ))
          )}
        </div>
      </div>
    </Dialog>
  )
}
