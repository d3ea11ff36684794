import { useBlocker, useNavigate } from '@tanstack/react-router'
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Workload } from '#contract/workloads'
import { AlertDialog } from '../../components/ui/alert-dialog.tsx'
import { Button } from '../../components/ui/button.tsx'
import { ButtonLink } from '../../components/ui/button-link.tsx'
import { PageHead } from '../../components/ui/page-head.tsx'
import { Segmented } from '../../components/ui/segmented.tsx'
import { cn } from '../../lib/cn.ts'
import { useCan } from '../../lib/me.ts'
import { useMedia } from '../../lib/use-media.ts'
import { problemFields, problemText } from '../../lib/problem-text.ts'
import { asSentence, type DocumentForm, DocumentFormContext } from './form/document-form.ts'
import { WorkloadForm } from './form/workload-form.tsx'
import { mistakeWords } from './mistake-words.ts'
import { ProblemList } from './problem-list.tsx'
import { UsedBy } from './used-by.tsx'
import { useSaveWorkload } from './use-save-workload.ts'
import { WorkloadMenu } from './workload-menu.tsx'
import { editSource, emptySource, readSource, type SourceProblem } from './workload-source.ts'
import { YamlEditor, type YamlEditorHandle } from './yaml-editor.tsx'

type Props = {
  /** Undefined while it does not exist yet. */
  workload: Workload | undefined
  /** What the editor begins with. */
  source: string
  back: ReactNode
}

const noProblems: readonly SourceProblem[] = []

/** One document in two views. The text is the truth; the form changes single places in it. */
export function WorkloadEditor({ workload, source: initial, back }: Props) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  // Wide enough for form and text beside each other.
  const isWide = useMedia('(min-width: 70rem)')
  const [view, setView] = useState<'form' | 'both' | 'yaml'>('both')
  const [source, setSource] = useState(initial)
  const [saved, setSaved] = useState({
    source: workload ? initial : emptySource('docker'),
    version: workload?.version ?? 0,
  })
  const yaml = useRef<YamlEditorHandle>(null)
  const mayCreate = useCan('workloads.create')
  const mayDeploy = useCan('instances.create')
  const isReadOnly = workload ? !workload.rights.includes('workloads.update') : !mayCreate

  const read = useMemo(() => readSource(source), [source])
  const words = useCallback(
    ({ path, message }: SourceProblem) =>
      path ? t('workloads.problems.atPath', { path, message: mistakeWords(message, t) }) : asSentence(message),
    [t],
  )
  const isDirty = source !== saved.source
  const [isTried, setTried] = useState(false)
  const isPristine = !workload && !isDirty && !isTried
  const save = useSaveWorkload(workload?.id)
  const submit = async () => {
    setTried(true)
    if (read.problems.length > 0 || isReadOnly || save.isPending) {
      const [first] = read.problems
      if (first) yaml.current?.goTo(first.from)
      return
    }
    const made = await save.mutateAsync(source).catch(() => undefined)
    if (!made) return
    setSaved({ source, version: made.version })
    if (!workload) {
      await navigate({
        to: '/workloads/$workloadId',
        params: { workloadId: made.id },
        replace: true,
        ignoreBlocker: true,
      })
    }
  }
  useSaveKey(() => void submit())

  const form = useMemo(
    (): DocumentForm => ({
      value: read.value,
      set: (path, value) => setSource((now) => editSource(now, path, value)),
      // An empty new document is not a mistake of the person in front of it.
      problems: new Map(
        (isPristine ? [] : read.problems).map(({ path, message }) => [path ?? '', mistakeWords(message, t)]),
      ),
      isReadOnly,
    }),
    [read, isReadOnly, isPristine, t],
  )
  const blocker = useBlocker({ shouldBlockFn: () => isDirty, withResolver: true, enableBeforeUnload: () => isDirty })

  const name = read.document?.metadata.name ?? workload?.name
  const shown = isWide ? view : view === 'both' ? 'form' : view
  const isBroken = read.value === undefined
  const theirs = workload && workload.version > saved.version ? workload : undefined
  const refusals = Object.entries(problemFields(save.error))

  return (
    <>
      <PageHead
        title={workload ? (name ?? workload.name) : t('workloads.editor.newTitle')}
        back={back}
        state={
          <>
            {workload && <span className="tabular">{t('workloads.version', { version: workload.version })}</span>}
            {isDirty && <span className="text-busy">{t('workloads.editor.unsaved')}</span>}
          </>
        }
        actions={
          <>
            {workload && (
              <WorkloadMenu
                workload={workload}
                isPage
                onDeleted={() => void navigate({ to: '/workloads', ignoreBlocker: true })}
              />
            )}
            {workload && mayDeploy && (
              <ButtonLink to="/deploy" search={{ workload: workload.id }}>
                {t('workloads.deploy')}
              </ButtonLink>
            )}
            {!isReadOnly && (
              <Button
                variant="primary"
                pending={save.isPending}
                disabled={!isDirty && workload !== undefined}
                onClick={() => void submit()}
              >
                {workload ? t('workloads.editor.save') : t('workloads.editor.create')}
              </Button>
            )}
          </>
        }
      />
      {save.isError && (
        <div role="alert" className="mb-4 rounded-md border border-error bg-error-soft px-3 py-2 text-error">
          <p className="font-medium">{t('workloads.editor.saveFailed')}</p>
          <p>{problemText(save.error)}</p>
          {refusals.map(([path, message]) => (
            <p key={path} className="text-sm">
              {t('workloads.problems.atPath', { path, message: mistakeWords(message, t) })}
            </p>
          ))}
        </div>
      )}
      {theirs && (
        <div
          role="status"
          className="mb-4 flex flex-wrap items-center justify-between gap-2 rounded-md border border-border bg-busy-soft px-3 py-2 text-busy"
        >
          {t('workloads.editor.changedElsewhere', { version: theirs.version })}
          <Button
            size="sm"
            onClick={() => {
              setSource(initial)
              setSaved({ source: initial, version: theirs.version })
            }}
          >
            {t('workloads.editor.takeTheirs')}
          </Button>
        </div>
      )}
      <Segmented
        className="mb-4 self-start"
        label={t('workloads.editor.views')}
        value={shown}
        onValueChange={setView}
        options={[
          { value: 'form', label: t('workloads.editor.form') },
          ...(isWide ? [{ value: 'both' as const, label: t('workloads.editor.both') }] : []),
          { value: 'yaml', label: t('workloads.editor.yaml') },
        ]}
      />
      <div className={cn('grid items-start gap-4', shown === 'both' && 'grid-cols-2')}>
        {shown !== 'yaml' && (
          <div className={cn('flex min-w-0 flex-col gap-4', shown === 'form' && 'max-w-form')}>
            {isBroken ? (
              <p role="status" className="rounded-lg border border-border bg-surface p-4 text-muted">
                {t('workloads.editor.broken')}
              </p>
            ) : (
              <DocumentFormContext value={form}>
                <WorkloadForm />
              </DocumentFormContext>
            )}
            {workload && <UsedBy workloadId={workload.id} version={workload.version} />}
          </div>
        )}
        {shown !== 'form' && (
          <div
            className={cn(
              'flex min-w-0 flex-col overflow-hidden rounded-lg border border-border bg-sunken',
              shown === 'both' ? 'sticky top-4 h-[calc(100dvh-15rem)] min-h-96' : 'h-[calc(100dvh-14rem)] min-h-80',
            )}
          >
            <YamlEditor
              ref={yaml}
              text={source}
              problems={isPristine ? noProblems : read.problems}
              words={words}
              isReadOnly={isReadOnly}
              onText={setSource}
              onSave={() => void submit()}
            />
            <ProblemList
              problems={isPristine ? noProblems : read.problems}
              words={words}
              onGoTo={(offset) => yaml.current?.goTo(offset)}
            />
          </div>
        )}
      </div>
      {blocker.status === 'blocked' && (
        <AlertDialog
          open
          onOpenChange={(isOpen) => !isOpen && blocker.reset()}
          title={t('workloads.editor.leaveTitle')}
          action={t('workloads.editor.leave')}
          onConfirm={async () => blocker.proceed()}
        >
          {t('workloads.editor.leaveHelp')}
        </AlertDialog>
      )}
    </>
  )
}

function useSaveKey(save: () => void): void {
  const latest = useRef(save)
  useEffect(() => {
    latest.current = save
  })
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 's' || !(event.ctrlKey || event.metaKey) || event.defaultPrevented) return
      event.preventDefault()
      latest.current()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])
}
