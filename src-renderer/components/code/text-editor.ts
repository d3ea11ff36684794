import { EditorState, type Extension } from '@codemirror/state'
import { EditorView, keymap } from '@codemirror/view'
import { basicSetup } from 'codemirror'
import { editorColours, editorLook } from './editor-look.ts'
import { editorPhrases } from './editor-phrases.ts'

export type EditorOptions = {
  host: HTMLElement
  text: string
  label: string
  isReadOnly: boolean
  onText: (text: string) => void
  onSave: () => void
}
type Own = {
  /** What this editor has more than others. */
  extensions: Extension
  /** Whether a change is the person's; one that was handed in is not told. */
  isTold?: () => boolean
}

/** What every editor of the dashboard has: the look and the words of the page, saving by keyboard, and its text told as it changes. */
export function makeTextEditor({
  host,
  text,
  label,
  isReadOnly,
  onText,
  onSave,
  extensions,
  isTold,
}: EditorOptions & Own) {
  return new EditorView({
    parent: host,
    state: EditorState.create({
      doc: text,
      extensions: [
        keymap.of([{ key: 'Mod-s', preventDefault: true, run: () => (onSave(), true) }]),
        basicSetup,
        extensions,
        editorLook,
        editorColours,
        EditorView.lineWrapping,
        EditorState.readOnly.of(isReadOnly),
        EditorState.phrases.of(editorPhrases()),
        EditorView.contentAttributes.of({
          'aria-label': label,
          tabindex: '0',
          spellcheck: 'false',
          autocapitalize: 'off',
        }),
        EditorView.updateListener.of((update) => {
          // With the line ends of this text, whatever they are.
          if (update.docChanged && (isTold?.() ?? true)) onText(update.state.sliceDoc())
        }),
      ],
    }),
  })
}
