import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { Download, Ellipsis, Play, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { FleetNode } from '#contract/nodes'
import {
  deleteTerminalRecording,
  getTerminalRecording,
  listTerminalSessions,
  type TerminalSession,
} from '#contract/terminal'
import { RelativeTime } from '../../components/relative-time.tsx'
import { AlertDialog } from '../../components/ui/alert-dialog.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Card, CardHead } from '../../components/ui/card.tsx'
import { ErrorState } from '../../components/ui/error-state.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { Menu, MenuItem } from '../../components/ui/menu.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { toast, toastError } from '../../components/ui/toast.tsx'
import { download } from '../../lib/api.ts'
import { formatBytes, formatDuration } from '../../lib/format.ts'
import { useCan } from '../../lib/me.ts'
import { mutationFor, pagesFor } from '../../lib/query.ts'
import { CastPlayer } from './cast-player.tsx'

const known = new Set(['exited', 'closed', 'idle', 'lost', 'revoked'])
type Known = 'exited' | 'closed' | 'idle' | 'lost' | 'revoked'

/** Who was in terminals on a machine, and what was recorded of it. */
export function TerminalSessions({ node }: { node: Pick<FleetNode, 'id' | 'name'> }) {
  const { t } = useTranslation()
  const sessions = useInfiniteQuery(pagesFor(listTerminalSessions, { params: { id: node.id }, query: { limit: 20 } }))
  const [played, setPlayed] = useState<TerminalSession>()
  const rows = sessions.data
  return (
    <Card aria-labelledby="terminal-sessions" className="overflow-clip">
      <CardHead id="terminal-sessions" title={t('terminal.sessions.title')} />
      {sessions.isPending ? (
        <SkeletonRows rows={3} />
      ) : !rows ? (
        <ErrorState
          error={sessions.error ?? undefined}
          title={t('terminal.sessions.failed')}
          onRetry={() => void sessions.refetch()}
        />
      ) : rows.length === 0 ? (
        <p className="p-4 text-muted">{t('terminal.sessions.empty')}</p>
      ) : (
        <ul className="divide-y divide-border">
          {rows.map((session) => (
            <Row key={session.id} session={session} onPlay={() => setPlayed(session)} />
          ))}
        </ul>
      )}
      {sessions.hasNextPage && (
        <div className="flex justify-center border-t border-border p-2">
          <Button size="sm" pending={sessions.isFetchingNextPage} onClick={() => void sessions.fetchNextPage()}>
            {t('terminal.sessions.older')}
          </Button>
        </div>
      )}
      {played && <CastPlayer session={played} onClose={() => setPlayed(undefined)} />}
    </Card>
  )
}

function Row({ session, onPlay }: { session: TerminalSession; onPlay: () => void }) {
  const { t } = useTranslation()
  const canDelete = useCan('nodes.update')
  const [isAsking, setAsking] = useState(false)
  const remove = useMutation(mutationFor(useQueryClient(), deleteTerminalRecording, [listTerminalSessions]))
  const { started_at, ended_at, end_reason, recording_bytes } = session
  const params = { id: session.node_id, sessionId: session.id }
  const save = () =>
    void download(getTerminalRecording, { params }, `${session.id}.cast`).catch((error: unknown) =>
      toastError(t('terminal.player.failed'), error),
    )
  const how = known.has(end_reason ?? '')
    ? t(`terminal.sessions.reasons.${end_reason as Known}`)
    : t('terminal.sessions.reasons.other', { reason: end_reason ?? '' })
  return (
    <li className="flex min-h-12 items-center gap-3 px-4 py-1.5">
      <div className="grid min-w-0 flex-1 gap-x-4 sm:grid-cols-[minmax(10rem,2fr)_minmax(8rem,1fr)_minmax(10rem,1fr)]">
        <span className="min-w-0 truncate">
          {session.email} <span className="font-mono text-sm text-muted">{session.login}</span>
        </span>
        <span className="text-sm text-muted">
          {t(`terminal.sessions.kinds.${session.kind}`)} · <RelativeTime at={started_at} />
        </span>
        <span className="text-sm tabular text-muted">
          {ended_at === null
            ? t('terminal.sessions.now')
            : `${formatDuration((Date.parse(ended_at) - Date.parse(started_at)) / 1000)} · ${how} · ${formatBytes(session.bytes)}`}
        </span>
      </div>
      {recording_bytes !== null && (
        <>
          <IconButton icon={Play} size="sm" label={t('terminal.sessions.play')} onClick={onPlay} />
          <Menu trigger={<IconButton icon={Ellipsis} size="sm" label={t('terminal.more')} />}>
            <MenuItem icon={Download} note={formatBytes(recording_bytes)} onClick={save}>
              {t('terminal.sessions.save')}
            </MenuItem>
            {canDelete && (
              <MenuItem icon={Trash2} tone="danger" onClick={() => setAsking(true)}>
                {t('terminal.sessions.remove')}
              </MenuItem>
            )}
          </Menu>
          <AlertDialog
            open={isAsking}
            onOpenChange={setAsking}
            title={t('terminal.sessions.removeTitle')}
            action={t('terminal.sessions.remove')}
            onConfirm={async () => {
              await remove.mutateAsync({ params })
              toast({ title: t('terminal.sessions.removed'), tone: 'done' })
            }}
          >
            <p>{t('terminal.sessions.removeHelp')}</p>
          </AlertDialog>
        </>
      )}
    </li>
  )
}
