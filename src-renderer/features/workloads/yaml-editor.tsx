import { type Ref, useEffect, useImperativeHandle, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import type { CodeEditor } from './code-mirror.ts'
import type { SourceProblem } from './workload-source.ts'

export type YamlEditorHandle = { goTo(offset: number): void }

type Props = {
  ref: Ref<YamlEditorHandle>
  text: string
  problems: readonly SourceProblem[]
  words: (problem: SourceProblem) => string
  isReadOnly: boolean
  onText: (text: string) => void
  onSave: () => void
}

/** The document as text. Its code is fetched when it is shown. */
export function YamlEditor({ ref, text, problems, words, isReadOnly, onText, onSave }: Props) {
  const { t } = useTranslation()
  const host = useRef<HTMLDivElement>(null)
  const [editor, setEditor] = useState<CodeEditor>()
  const latest = useRef({ text, onText, onSave })
  useEffect(() => {
    latest.current = { text, onText, onSave }
  })
  useImperativeHandle(ref, () => ({ goTo: (offset) => editor?.goTo(offset) }), [editor])

  const label = t('workloads.editor.label')
  useEffect(() => {
    let made: CodeEditor | undefined
    let isGone = false
    void import('./code-mirror.ts').then(({ makeCodeEditor }) => {
      if (isGone || !host.current) return
      made = makeCodeEditor({
        host: host.current,
        text: latest.current.text,
        label,
        isReadOnly,
        onText: (next) => latest.current.onText(next),
        onSave: () => latest.current.onSave(),
      })
      setEditor(made)
    })
    return () => {
      isGone = true
      made?.destroy()
    }
  }, [label, isReadOnly])

  useEffect(() => editor?.setText(text), [editor, text])
  useEffect(() => editor?.setProblems(problems, words), [editor, problems, words])

  return (
    <div className="relative min-h-0 flex-1">
      {!editor && (
        <div aria-hidden className="flex flex-col gap-2 p-4">
          {Array.from({ length: 10 }, (_, line) => (
            <Skeleton key={line} className="h-3 odd:w-1/2 even:w-2/3" />
          ))}
        </div>
      )}
      <div ref={host} className="absolute inset-0" />
    </div>
  )
}
