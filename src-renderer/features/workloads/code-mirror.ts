import { yaml } from '@codemirror/lang-yaml'
import { type Diagnostic, lintGutter, setDiagnostics } from '@codemirror/lint'
import { EditorState } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { type EditorOptions, makeTextEditor } from '../../components/code/text-editor.ts'
import type { SourceProblem } from './workload-source.ts'

export type CodeEditor = {
  /** Takes a text from elsewhere; what is equal stays, with the cursor in it. */
  setText(text: string): void
  setProblems(problems: readonly SourceProblem[], words: (problem: SourceProblem) => string): void
  goTo(offset: number): void
  destroy(): void
}

export function makeCodeEditor(options: EditorOptions): CodeEditor {
  let isTaking = false
  const view = makeTextEditor({
    ...options,
    extensions: [yaml(), lintGutter(), EditorState.tabSize.of(2)],
    isTold: () => !isTaking,
  })
  return {
    setText(next) {
      const now = view.state.doc.toString()
      if (now === next) return
      const shorter = Math.min(now.length, next.length)
      let from = 0
      while (from < shorter && now[from] === next[from]) from++
      let tail = 0
      while (tail < shorter - from && now[now.length - 1 - tail] === next[next.length - 1 - tail]) tail++
      isTaking = true
      view.dispatch({ changes: { from, to: now.length - tail, insert: next.slice(from, next.length - tail) } })
      isTaking = false
    },
    setProblems(problems, words) {
      const end = view.state.doc.length
      const diagnostics = problems.map((problem): Diagnostic => {
        const from = Math.min(problem.from, end)
        return { from, to: Math.max(from, Math.min(problem.to, end)), severity: 'error', message: words(problem) }
      })
      view.dispatch(setDiagnostics(view.state, diagnostics))
    },
    goTo(offset) {
      const anchor = Math.min(offset, view.state.doc.length)
      view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: 'center' }) })
      view.focus()
    },
    destroy: () => view.destroy(),
  }
}
