import { ArrowDownToLine, Clock, Download, Eraser, WrapText } from 'lucide-react'
import { useCallback, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { clearLogs, downloadLogs, type LogLine } from '#contract/console'
import type { Instance } from '#contract/instances'
import { SearchField } from '../../components/search-field.tsx'
import { AlertDialog } from '../../components/ui/alert-dialog.tsx'
import { Button } from '../../components/ui/button.tsx'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { ErrorState } from '../../components/ui/error-state.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { toast, toastError } from '../../components/ui/toast.tsx'
import { call, download } from '../../lib/api.ts'
import { cn } from '../../lib/cn.ts'
import { formatBytes } from '../../lib/format.ts'
import { isBoolean, stored, useStored } from '../../lib/stored.ts'
import { ansiRange } from './ansi-colour.ts'
import { fileNameOf } from './file-name.ts'
import { LogRow } from './log-lines.tsx'
import { useLog } from './use-log.ts'
import { useScrollPlace } from './use-scroll-place.ts'
import { wrapsLog } from './use-console-screen.ts'

const hasTimes = stored<boolean>('shardlyn.log.times', true, isBoolean)
const pressed = 'aria-pressed:bg-active aria-pressed:text-text'

/** The kept log, line by line: back to the oldest, forward to the newest, or only what is searched for. */
export function LogView({ instance: { id, name, rights } }: { instance: Pick<Instance, 'id' | 'name' | 'rights'> }) {
  const { t } = useTranslation()
  const [search, setSearch] = useState('')
  const [around, setAround] = useState<LogLine>()
  const [hasTime, setTimes] = useStored(hasTimes)
  const [wraps, setWraps] = useStored(wrapsLog)
  const [isClearing, setClearing] = useState(false)
  const mayClear = rights.includes('instances.logs.clear')
  const [round, setRound] = useState(0)
  const log = useLog(id, search, around?.next, round)
  const pages = log.data?.pages ?? []
  const lines = pages.flatMap(({ items }) => items)
  const last = pages.at(-1)
  const first = pages[0]

  const box = useRef<HTMLDivElement>(null)
  const place = useScrollPlace(box, lines[0]?.offset, `${round} ${search} ${around?.offset} ${log.isPending}`)
  useEffect(() => {
    if (around) box.current?.querySelector(`[data-offset="${around.offset}"]`)?.scrollIntoView({ block: 'center' })
  }, [around, log.isPending])

  // One who looks at a line wants to see what came after it as well.
  const { hasNextPage, fetchNextPage } = log
  useEffect(() => {
    if (around && pages.length === 1 && hasNextPage) void fetchNextPage()
  }, [around, pages.length, hasNextPage, fetchNextPage])

  const show = useCallback((line: LogLine) => {
    setSearch('')
    setAround(line)
  }, [])
  const changeSearch = useCallback((text: string) => {
    setAround(undefined)
    setSearch(text)
  }, [])
  const toNewest = () => {
    setAround(undefined)
    setSearch('')
    setRound((count) => count + 1)
  }
  const older = () => {
    place.hold()
    void log.fetchPreviousPage()
  }

  const save = () =>
    void download(downloadLogs, { params: { id } }, fileNameOf(name, 'log')).catch((error: unknown) =>
      toastError(t('console.downloadFailed'), error),
    )
  const clear = async () => {
    await call(clearLogs, { params: { id } })
    toNewest()
    toast({ title: t('console.logs.cleared') })
  }

  return (
    <section
      aria-label={t('console.logs.label', { name })}
      className="flex h-[clamp(22rem,calc(100dvh-15.5rem),64rem)] max-sm:h-[max(22rem,calc(100dvh-24.5rem))] min-h-0 flex-col overflow-hidden rounded-lg border border-border bg-sunken"
    >
      <div className="flex flex-wrap items-center gap-1 border-b border-border bg-surface p-1.5">
        <SearchField
          label={t('console.logs.search')}
          value={search}
          onValueChange={changeSearch}
          className="mr-2 max-sm:mr-0"
        />
        <p
          role="status"
          className={cn('min-w-0 flex-1 truncate px-1 text-sm text-muted tabular', search === '' && 'max-sm:invisible')}
        >
          {search !== '' && log.data
            ? t(first?.before === null ? 'console.logs.found' : 'console.logs.foundMore', { count: lines.length })
            : last && t('console.logs.kept', { size: formatBytes(last.newest - last.oldest) })}
        </p>
        <IconButton
          icon={Clock}
          size="sm"
          label={t('console.logs.times')}
          aria-pressed={hasTime}
          className={pressed}
          onClick={() => setTimes(!hasTime)}
        />
        <IconButton
          icon={WrapText}
          size="sm"
          label={t('console.logs.wrap')}
          aria-pressed={wraps}
          className={pressed}
          onClick={() => setWraps(!wraps)}
        />
        <IconButton icon={Download} size="sm" label={t('console.download')} onClick={save} />
        {mayClear && (
          <IconButton icon={Eraser} size="sm" label={t('console.logs.clear')} onClick={() => setClearing(true)} />
        )}
        <Button size="sm" pending={log.isPending} onClick={toNewest}>
          <ArrowDownToLine aria-hidden size={14} />
          {t('console.logs.newest')}
        </Button>
      </div>
      <div
        ref={box}
        // What scrolls has to be reached by keyboard too.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        role="log"
        aria-live="off"
        aria-label={t('console.logs.label', { name })}
        className={cn(
          'min-h-0 flex-1 overflow-auto py-2 font-mono text-sm [font-variant-ligatures:none] -outline-offset-2',
          ansiRange,
        )}
      >
        {log.isPending ? (
          <div aria-hidden className="flex flex-col gap-2 px-3">
            {Array.from({ length: 12 }, (_, at) => (
              <Skeleton key={at} className="h-3 odd:w-2/3 even:w-1/2" />
            ))}
          </div>
        ) : log.isError && lines.length === 0 ? (
          <ErrorState
            className="font-sans"
            error={log.error}
            title={t('console.logs.failed')}
            onRetry={() => void log.refetch()}
          />
        ) : lines.length === 0 && search === '' ? (
          <EmptyState icon={Eraser} title={t('console.logs.empty')} className="font-sans">
            {t('console.logs.emptyHelp')}
          </EmptyState>
        ) : (
          <>
            <div className="flex justify-center px-3 pb-2 font-sans">
              {log.hasPreviousPage ? (
                <Button size="sm" variant="ghost" pending={log.isFetchingPreviousPage} onClick={older}>
                  {t('console.logs.older')}
                </Button>
              ) : (
                lines.length > 0 &&
                search === '' && (
                  <span className="text-muted">
                    {t((first?.oldest ?? 0) > 0 ? 'console.logs.cleaned' : 'console.logs.beginning')}
                  </span>
                )
              )}
            </div>
            {lines.map((line) => (
              <LogRow
                key={line.offset}
                line={line}
                mark={search}
                hasTime={hasTime}
                wraps={wraps}
                isTarget={line.offset === around?.offset}
                onShow={search === '' ? undefined : show}
              />
            ))}
            {lines.length === 0 && (
              <p className="px-3 text-center font-sans text-muted">{t('common.noMatch', { search })}</p>
            )}
            {log.hasNextPage && (
              <div className="flex justify-center px-3 pt-2 font-sans">
                <Button
                  size="sm"
                  variant="ghost"
                  pending={log.isFetchingNextPage}
                  onClick={() => void log.fetchNextPage()}
                >
                  {t('console.logs.newer')}
                </Button>
              </div>
            )}
          </>
        )}
      </div>
      <AlertDialog
        open={isClearing}
        onOpenChange={setClearing}
        title={t('console.logs.clearTitle', { name })}
        action={t('console.logs.clear')}
        onConfirm={clear}
      >
        {t('console.logs.clearHelp')}
      </AlertDialog>
    </section>
  )
}
