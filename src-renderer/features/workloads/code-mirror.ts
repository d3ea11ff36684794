import { yaml } from '@codemirror/lang-yaml'
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { type Diagnostic, lintGutter, setDiagnostics } from '@codemirror/lint'
import { EditorState } from '@codemirror/state'
import { EditorView, keymap } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { basicSetup } from 'codemirror'
import { editorPhrases } from './editor-phrases.ts'
import type { SourceProblem } from './workload-source.ts'

/** The editor in the colours of the page; variables, so that a change of theme needs nothing from here. */
const look = EditorView.theme({
  '&': { height: '100%', fontSize: '0.78125rem', backgroundColor: 'var(--sunken)', color: 'var(--text)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', fontVariantLigatures: 'none', lineHeight: '1.25rem' },
  '.cm-content': { caretColor: 'var(--text)', padding: '0.5rem 0' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-gutters': { backgroundColor: 'var(--sunken)', color: 'var(--muted)', border: 'none' },
  '.cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--active) 50%, transparent)' },
  '.cm-activeLineGutter': { backgroundColor: 'var(--active)', color: 'var(--text)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'color-mix(in srgb, var(--accent) 28%, transparent)',
  },
  '.cm-selectionMatch': { backgroundColor: 'var(--accent-soft)' },
  '.cm-foldPlaceholder': { backgroundColor: 'var(--active)', border: 'none', color: 'var(--muted)' },
  '.cm-panels': { backgroundColor: 'var(--raised)', color: 'var(--text)', borderColor: 'var(--border)' },
  '.cm-panels input, .cm-panels button': {
    fontSize: '0.75rem',
    color: 'var(--text)',
    background: 'var(--surface)',
    border: '1px solid var(--field)',
    borderRadius: '4px',
  },
  '.cm-searchMatch': { backgroundColor: 'var(--busy-soft)', outline: '1px solid var(--busy)' },
  '.cm-tooltip': {
    backgroundColor: 'var(--raised)',
    color: 'var(--text)',
    border: '1px solid var(--border)',
    borderRadius: '6px',
    overflow: 'hidden',
  },
  '.cm-diagnostic': { padding: '4px 8px', fontFamily: 'var(--font-sans)' },
  '.cm-diagnostic-error': { borderLeft: '3px solid var(--error)' },
})

const colours = syntaxHighlighting(
  HighlightStyle.define([
    { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--accent)' },
    { tag: [tags.string, tags.special(tags.string), tags.content], color: 'var(--text)' },
    { tag: [tags.number, tags.bool, tags.null, tags.atom], color: 'var(--chart-3)' },
    { tag: [tags.comment, tags.lineComment], color: 'var(--muted)', fontStyle: 'italic' },
    { tag: [tags.meta, tags.keyword, tags.labelName, tags.typeName], color: 'var(--chart-4)' },
    { tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace], color: 'var(--muted)' },
  ]),
)

export type CodeEditor = {
  /** Takes a text from elsewhere; what is equal stays, with the cursor in it. */
  setText(text: string): void
  setProblems(problems: readonly SourceProblem[], words: (problem: SourceProblem) => string): void
  goTo(offset: number): void
  destroy(): void
}

type Options = {
  host: HTMLElement
  text: string
  label: string
  isReadOnly: boolean
  onText: (text: string) => void
  onSave: () => void
}

export function makeCodeEditor({ host, text, label, isReadOnly, onText, onSave }: Options): CodeEditor {
  let isTaking = false
  const view = new EditorView({
    parent: host,
    state: EditorState.create({
      doc: text,
      extensions: [
        keymap.of([{ key: 'Mod-s', preventDefault: true, run: () => (onSave(), true) }]),
        basicSetup,
        yaml(),
        look,
        colours,
        lintGutter(),
        EditorView.lineWrapping,
        EditorState.tabSize.of(2),
        EditorState.readOnly.of(isReadOnly),
        EditorState.phrases.of(editorPhrases()),
        EditorView.contentAttributes.of({
          'aria-label': label,
          tabindex: '0',
          spellcheck: 'false',
          autocapitalize: 'off',
        }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !isTaking) onText(update.state.doc.toString())
        }),
      ],
    }),
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
