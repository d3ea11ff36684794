import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useBlocker } from '@tanstack/react-router'
import { Download } from 'lucide-react'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { problemCode, problemText } from '../../lib/problem-text.ts'
import { AlertDialog } from '../ui/alert-dialog.tsx'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { ErrorState } from '../ui/error-state.tsx'
import { SkeletonRows } from '../ui/skeleton.tsx'
import { toast } from '../ui/toast.tsx'
import { CodeArea } from './code-area.tsx'
import { ConflictDialog } from './conflict-dialog.tsx'
import type { FileSource, FileText } from './file-source.ts'
import { shownName } from './paths.ts'

type Props = { source: FileSource; path: string; onClose: () => void; onOpen: (path: string) => void }

/** One file as text: read, changed, saved. What cannot be shown can be downloaded. */
export function TextFile({ source, path, onClose, onOpen }: Props) {
  const { t } = useTranslation()
  const queryKey = ['file', source.key, path]
  const file = useQuery({
    queryKey,
    queryFn: ({ signal }) => source.read(path, signal),
    // The text in the editor is the person's; it is asked for again only when they want it.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  })
  const name = path.slice(path.lastIndexOf('/') + 1)
  const get = (
    <Button onClick={() => void source.download(path, name)}>
      <Download aria-hidden size={16} />
      {t('files.download')}
    </Button>
  )
  if (file.isPending) return <SkeletonRows rows={8} className="rounded-lg border border-border bg-surface" />
  if (!file.data) {
    const isNoText = ['not_text', 'file_too_large'].includes(problemCode(file.error) ?? '')
    return (
      <div className="rounded-lg border border-border bg-surface pb-6">
        <ErrorState
          error={file.error}
          title={isNoText ? t('files.notShown') : t('files.failedFile')}
          {...(!isNoText && { onRetry: () => void file.refetch() })}
        />
        <div className="flex justify-center gap-2">
          <Button onClick={onClose}>{t('files.backToFolder')}</Button>
          {isNoText && get}
        </div>
      </div>
    )
  }
  return (
    <LoadedFile
      key={`${path} ${file.dataUpdatedAt}`}
      source={source}
      path={path}
      loaded={file.data}
      get={get}
      onClose={onClose}
      onOpen={onOpen}
      onReload={() => void file.refetch()}
    />
  )
}

type LoadedProps = Props & { loaded: FileText; get: ReactNode; onReload: () => void }

function LoadedFile({ source, path, loaded, get, onClose, onOpen, onReload }: LoadedProps) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [saved, setSaved] = useState(loaded)
  const [text, setText] = useState(loaded.content)
  const [isSaving, setSaving] = useState(false)
  const [error, setError] = useState<unknown>()
  const [isConflict, setConflict] = useState(false)
  const isReadOnly = !loaded.is_writable
  const isDirty = text !== saved.content
  const isFree = useRef(false)
  const blocker = useBlocker({
    shouldBlockFn: () => isDirty && !isFree.current,
    withResolver: true,
    enableBeforeUnload: () => isDirty,
  })

  const save = async (version: string | undefined = saved.version): Promise<boolean> => {
    if (isSaving || isReadOnly) return false
    setSaving(true)
    setError(undefined)
    try {
      setSaved(await source.write(path, text, version))
      toast({ title: t('common.saved'), tone: 'done' })
      void client.invalidateQueries({ queryKey: ['files', source.key] })
      return true
    } catch (failure) {
      if (problemCode(failure) === 'file_changed') setConflict(true)
      else setError(failure)
      return false
    } finally {
      setSaving(false)
    }
  }
  const saveIfChanged = () => {
    if (isDirty) void save()
  }
  useSaveKey(saveIfChanged)

  return (
    <div className="flex h-[max(24rem,calc(100dvh-19rem))] min-h-0 flex-col overflow-hidden rounded-lg border border-border bg-surface">
      <header className="flex flex-wrap items-center justify-between gap-2 border-b border-border px-4 py-2">
        <span className="flex min-h-8 items-center gap-2 text-sm text-muted">
          {isReadOnly && <Badge tone="outline">{t('files.readOnly')}</Badge>}
          {isDirty && <span className="text-busy">{t('files.unsaved')}</span>}
        </span>
        <span className="flex flex-wrap gap-2">
          <Button onClick={onClose}>{t('common.close')}</Button>
          {get}
          {!isReadOnly && (
            <Button variant="primary" disabled={!isDirty} pending={isSaving} onClick={saveIfChanged}>
              {t('common.save')}
            </Button>
          )}
        </span>
      </header>
      {error !== undefined && (
        <p role="alert" className="border-b border-border bg-error-soft px-4 py-2 break-words text-error">
          {problemText(error)}
        </p>
      )}
      <CodeArea
        text={loaded.content}
        name={path}
        label={t('files.editorOf', { name: shownName(path) })}
        isReadOnly={isReadOnly}
        onText={setText}
        onSave={saveIfChanged}
      />
      <ConflictDialog
        open={isConflict}
        path={path}
        onClose={() => setConflict(false)}
        onOverwrite={async () => {
          if (await saveOver()) setConflict(false)
        }}
        onKeepBoth={async (copy) => {
          await source.write(copy, text, null)
          void client.invalidateQueries({ queryKey: ['files', source.key] })
          isFree.current = true
          setConflict(false)
          onOpen(copy)
        }}
        onTakeTheirs={() => {
          setConflict(false)
          onReload()
        }}
      />
      <AlertDialog
        open={blocker.status === 'blocked'}
        onOpenChange={(open) => !open && blocker.reset?.()}
        title={t('files.leaveTitle')}
        action={t('files.leaveAction')}
        onConfirm={async () => blocker.proceed?.()}
      >
        <p>{t('files.leaveText', { name: shownName(path) })}</p>
      </AlertDialog>
    </div>
  )

  async function saveOver(): Promise<boolean> {
    setSaved(await source.write(path, text, undefined))
    toast({ title: t('common.saved'), tone: 'done' })
    return true
  }
}

/** Ctrl or Cmd S anywhere on the page, and not the browser's own. */
function useSaveKey(save: () => void) {
  const latest = useRef(save)
  useEffect(() => {
    latest.current = save
  })
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 's' || event.defaultPrevented) return
      event.preventDefault()
      latest.current()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])
}
