import { type Ref, useEffect, useImperativeHandle } from 'react'
import { useTranslation } from 'react-i18next'
import { useEditor } from '../../components/code/use-editor.tsx'
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

const load = async () => (await import('./code-mirror.ts')).makeCodeEditor

/** The document as text. Its code is fetched when it is shown. */
export function YamlEditor({ ref, text, problems, words, isReadOnly, onText, onSave }: Props) {
  const { t } = useTranslation()
  const { editor, area } = useEditor(load, { text, label: t('workloads.editor.label'), isReadOnly, onText, onSave })
  useImperativeHandle(ref, () => ({ goTo: (offset) => editor?.goTo(offset) }), [editor])
  useEffect(() => editor?.setText(text), [editor, text])
  useEffect(() => editor?.setProblems(problems, words), [editor, problems, words])
  return area
}
