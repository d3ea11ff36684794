import { useQuery } from '@tanstack/react-query'
import { Pause, Play, RotateCcw } from 'lucide-react'
import { useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { getTerminalRecording, type TerminalSession } from '#contract/terminal'
import { Dialog } from '../../components/ui/dialog.tsx'
import { ErrorState } from '../../components/ui/error-state.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { Segmented } from '../../components/ui/segmented.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { Slider } from '../../components/ui/slider.tsx'
import { Switch } from '../../components/ui/switch.tsx'
import { readText } from '../../lib/api.ts'
import { type Cast, readCast, withoutPauses } from './asciicast.ts'
import { CastScreen } from './cast-screen.ts'

const LONGEST_PAUSE = 2
const speeds = ['1', '2', '4', '8'] as const

/** A recording, as it went or faster. */
export function CastPlayer({ session, onClose }: { session: TerminalSession; onClose: () => void }) {
  const { t } = useTranslation()
  const params = { id: session.node_id, sessionId: session.id }
  const recording = useQuery({
    queryKey: [getTerminalRecording.schema.operationId, params],
    queryFn: async ({ signal }) => readCast(await readText(getTerminalRecording, { params }, { signal })) ?? null,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })
  return (
    <Dialog
      open
      size="lg"
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={t('terminal.player.title', { name: `${session.email}, ${session.node_name}` })}
    >
      {recording.isPending ? (
        <Skeleton className="h-80 w-full" />
      ) : recording.data ? (
        <Player cast={recording.data} />
      ) : (
        <ErrorState
          error={recording.error ?? undefined}
          title={t('terminal.player.failed')}
          onRetry={() => void recording.refetch()}
        />
      )}
    </Dialog>
  )
}

const clock = (seconds: number) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`

function Player({ cast }: { cast: Cast }) {
  const { t } = useTranslation()
  const [screen, setScreen] = useState<CastScreen>()
  const [now, setNow] = useState({ place: 0, isPlaying: false })
  const [speed, setSpeed] = useState<(typeof speeds)[number]>('1')
  const [isShort, setShort] = useState(true)
  const [error, setError] = useState<unknown>()
  const short = useMemo(() => withoutPauses(cast, LONGEST_PAUSE), [cast])
  const shown = isShort ? short : cast

  const attach = useCallback(
    (host: HTMLElement | null) => {
      if (!host) return
      let made: CastScreen | undefined
      let isGone = false
      CastScreen.open(host, short, (place, isPlaying) => setNow({ place, isPlaying })).then((opened) => {
        if (isGone) return opened.dispose()
        made = opened
        setScreen(opened)
        opened.play()
      }, setError)
      return () => {
        isGone = true
        made?.dispose()
      }
    },
    [short],
  )
  if (error !== undefined) return <ErrorState error={error} title={t('terminal.player.failed')} />
  return (
    <div className="flex flex-col gap-3">
      <div className="overflow-auto rounded-md border border-border bg-sunken p-2">
        <div ref={attach} className="min-h-40 w-max font-mono [font-variant-ligatures:none]" />
      </div>
      <div className="flex items-center gap-2">
        <IconButton
          icon={now.isPlaying ? Pause : Play}
          label={t(now.isPlaying ? 'terminal.player.pause' : 'terminal.player.play')}
          onClick={() => (now.isPlaying ? screen?.pause() : screen?.play())}
        />
        <IconButton icon={RotateCcw} label={t('terminal.player.again')} onClick={() => screen?.seek(0)} />
        <div className="min-w-0 flex-1">
          <Slider
            value={Math.min(now.place, shown.seconds)}
            min={0}
            max={Math.max(0.1, shown.seconds)}
            step={0.1}
            label={t('terminal.player.place')}
            format={clock}
            onValueChange={(place) => screen?.seek(place)}
          />
        </div>
        <span className="font-mono text-sm tabular text-muted">
          {clock(now.place)} / {clock(shown.seconds)}
        </span>
      </div>
      <div className="flex flex-wrap items-center justify-between gap-3">
        <Segmented
          label={t('terminal.player.speed')}
          value={speed}
          onValueChange={(next) => {
            setSpeed(next)
            screen?.setSpeed(Number(next))
          }}
          options={speeds.map((value) => ({ value, label: `${value}×` }))}
        />
        <Switch
          checked={isShort}
          label={t('terminal.player.idle')}
          className="items-center"
          onCheckedChange={(next) => {
            setShort(next)
            screen?.setCast(next ? short : cast)
          }}
        />
      </div>
    </div>
  )
}
