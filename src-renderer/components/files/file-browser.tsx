import { useQuery } from '@tanstack/react-query'
import { ArrowUp, FolderOpen, Upload as UploadIcon } from 'lucide-react'
import { type DragEvent, type KeyboardEvent, type ReactNode, useCallback, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { AlertDialog } from '../ui/alert-dialog.tsx'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { EmptyState } from '../ui/empty-state.tsx'
import { ErrorState } from '../ui/error-state.tsx'
import { SkeletonRows } from '../ui/skeleton.tsx'
import { toast, toastError } from '../ui/toast.tsx'
import type { FileEntry, FileSource } from './file-source.ts'
import { FileTable } from './file-table.tsx'
import { PathBar } from './path-bar.tsx'
import { above, join, rootOf, shownName, targetOf } from './paths.ts'
import { TextFile } from './text-file.tsx'
import { UploadList } from './upload-list.tsx'
import { useUploads } from './use-uploads.ts'

/** Where one is: a folder, and perhaps a file of it. */
export type FilePlace = { path?: string | undefined; file?: string | undefined }
type Props = {
  source: FileSource
  place: FilePlace
  onGo: (place: FilePlace) => void
  /** Why there is nothing to be listed now. What is being sent waits, and a text that is open stays. */
  away?: ReactNode
}

/** The files of a source: looked through, read, changed, sent and fetched. */
export function FileBrowser({ source, place, onGo, away }: Props) {
  const { t } = useTranslation()
  const { roots } = source
  const path = place.path ?? (roots.length === 1 ? (roots[0] ?? '') : '')
  const { file } = place
  const listing = useQuery({
    queryKey: ['files', source.key, path],
    queryFn: ({ signal }) => source.list(path, signal),
    staleTime: 5_000,
    retry: false,
    enabled: !away,
  })
  const uploads = useUploads(source, () => void listing.refetch())
  const input = useRef<HTMLInputElement>(null)
  const [isOver, setOver] = useState(false)
  const [asked, setAsked] = useState<readonly File[]>([])
  const up = above(path, roots)
  const mayWrite = source.isWritable && path !== '' && !away

  const go = (next: string) => onGo({ path: next })
  const download = useCallback(
    (entry: FileEntry) => {
      source
        .download(entry.path, entry.name)
        .catch((error: unknown) => toastError(t('files.failedDownload', { name: shownName(entry.name) }), error))
    },
    [source, t],
  )
  const open = async (entry: FileEntry) => {
    if (entry.type === 'directory') go(entry.path)
    else if (entry.type === 'file') onGo({ path, file: entry.path })
    else if (entry.type === 'link') {
      const target = targetOf(path, entry.target ?? '')
      // The machine follows no link. Where one leads to what is allowed anyway, we go there ourselves.
      if (rootOf(target, roots) === undefined) {
        toast({ title: t('files.linkOut', { target: shownName(target) }) })
        return
      }
      const isFolder = await source.list(target, new AbortController().signal).then(
        () => true,
        () => false,
      )
      onGo(isFolder ? { path: target } : { path: target.slice(0, target.lastIndexOf('/')) || '/', file: target })
    } else toast({ title: t('files.cannotOpen', { name: shownName(entry.name) }) })
  }

  const names = new Set(listing.data?.items.map(({ name }) => name))
  const send = (files: readonly File[], overwrite: boolean) =>
    uploads.start(files.map((each) => ({ file: each, path: join(path, each.name), overwrite })))
  const offer = (files: readonly File[]) => {
    send(
      files.filter((each) => !names.has(each.name)),
      false,
    )
    setAsked(files.filter((each) => names.has(each.name)))
  }

  const onDrop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry())
    if (entries.some((entry) => entry?.isDirectory)) toast({ title: t('files.noFolders'), tone: 'failed' })
    offer([...event.dataTransfer.files].filter((_, index) => !entries[index]?.isDirectory))
  }
  const drop = mayWrite && {
    onDragOver: (event: DragEvent) => {
      event.preventDefault()
      setOver(true)
    },
    onDragLeave: (event: DragEvent) => {
      if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false)
    },
    onDrop,
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const isUp = event.key === 'Backspace' || (event.key === 'ArrowUp' && event.altKey)
    const isTyping = (event.target as Element).closest('input, textarea, [contenteditable]') !== null
    if (!isUp || isTyping || up === undefined) return
    event.preventDefault()
    go(up)
  }

  const head = (
    <div className="flex flex-wrap items-center justify-between gap-2">
      <PathBar
        path={path}
        roots={roots}
        file={file === undefined ? undefined : file.slice(file.lastIndexOf('/') + 1)}
        onGo={go}
      />
      {file === undefined && (
        <div className="flex flex-wrap items-center gap-2">
          {!source.isWritable && <Badge tone="outline">{t('files.readOnly')}</Badge>}
          {up !== undefined && (
            <Button onClick={() => go(up)}>
              <ArrowUp aria-hidden size={16} />
              {t('files.up')}
            </Button>
          )}
          {source.isWritable && path !== '' && (
            <Button variant="primary" disabled={!mayWrite} onClick={() => input.current?.click()}>
              <UploadIcon aria-hidden size={16} />
              {t('files.uploadFiles')}
            </Button>
          )}
          <input
            ref={input}
            type="file"
            multiple
            hidden
            aria-label={t('files.uploadFiles')}
            onChange={(event) => {
              offer([...(event.target.files ?? [])])
              event.target.value = ''
            }}
          />
        </div>
      )}
    </div>
  )

  return (
    <div className="flex flex-col gap-3">
      {head}
      <UploadList
        uploads={uploads.uploads}
        onCancel={uploads.cancel}
        onForget={uploads.forget}
        onClear={uploads.clear}
      />
      {file !== undefined ? (
        <TextFile source={source} path={file} onClose={() => go(path)} onOpen={(next) => onGo({ path, file: next })} />
      ) : (
        // Keys and files that are dropped belong to the list in it, which is focusable itself.
        // oxlint-disable-next-line jsx-a11y/no-static-element-interactions
        <div
          onKeyDown={onKeyDown}
          {...drop}
          className="relative overflow-clip rounded-lg border border-border bg-surface"
        >
          {isOver && <DropHere path={path} />}
          {away ? (
            away
          ) : listing.isPending ? (
            <SkeletonRows rows={8} />
          ) : !listing.data ? (
            <ErrorState error={listing.error} title={t('files.failedFolder')} onRetry={() => void listing.refetch()} />
          ) : listing.data.items.length === 0 ? (
            <EmptyState icon={FolderOpen} title={t('files.emptyTitle')}>
              {mayWrite ? t('files.emptyWritable') : t('files.empty')}
            </EmptyState>
          ) : (
            <>
              <FileTable items={listing.data.items} onOpen={(entry) => void open(entry)} onDownload={download} />
              {listing.data.is_truncated && (
                <p className="border-t border-border px-4 py-2 text-sm text-muted">
                  {t('files.truncated', { count: listing.data.items.length })}
                </p>
              )}
            </>
          )}
        </div>
      )}
      <AlertDialog
        open={asked.length > 0}
        onOpenChange={(next) => !next && setAsked([])}
        title={t('files.overwriteTitle', { count: asked.length })}
        action={t('files.overwriteAction')}
        onConfirm={async () => {
          send(asked, true)
          setAsked([])
        }}
      >
        <p>{t('files.overwriteText')}</p>
        <ul className="list-disc pl-5 font-mono text-sm">
          {asked.slice(0, 10).map((each) => (
            <li key={each.name} className="break-all">
              {shownName(each.name)}
            </li>
          ))}
        </ul>
      </AlertDialog>
    </div>
  )
}

/** Over the list while files are held above it. */
function DropHere({ path }: { path: string }) {
  const { t } = useTranslation()
  return (
    <div className="pointer-events-none absolute inset-0 z-20 grid place-items-center rounded-lg border-2 border-dashed border-accent bg-surface/85 p-4">
      <p className="flex min-w-0 items-center gap-2 rounded-md border border-border bg-raised px-3 py-1.5 font-medium text-accent shadow-overlay">
        <UploadIcon aria-hidden size={16} className="shrink-0" />
        <span className="min-w-0 break-all">{t('files.dropHere', { folder: shownName(path) })}</span>
      </p>
    </div>
  )
}
