import { yaml } from '@codemirror/lang-yaml'
import { EditorState } from '@codemirror/state'
import { EditorView, keymap } from '@codemirror/view'
import { basicSetup } from 'codemirror'
import { editorColours, editorLook } from '../editor-look.ts'
import { editorPhrases } from '../editor-phrases.ts'

type Options = {
  host: HTMLElement
  text: string
  name: string
  label: string
  isReadOnly: boolean
  onText: (text: string) => void
  onSave: () => void
}

/** How lines end in a text, so that saving it changes nothing that nobody typed. */
export function lineEndOf(text: string): string {
  const lines = text.match(/\r\n|\n|\r/g) ?? []
  return lines.length > 0 && lines.every((end) => end === '\r\n') ? '\r\n' : '\n'
}

/** A text file in an editor. */
export function makeFileEditor({ host, text, name, label, isReadOnly, onText, onSave }: Options) {
  const end = lineEndOf(text)
  const view = new EditorView({
    parent: host,
    state: EditorState.create({
      doc: text,
      extensions: [
        EditorState.lineSeparator.of(end),
        keymap.of([{ key: 'Mod-s', preventDefault: true, run: () => (onSave(), true) }]),
        basicSetup,
        /\.ya?ml$/i.test(name) ? yaml() : [],
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
          if (update.docChanged) onText(update.state.sliceDoc())
        }),
      ],
    }),
  })
  return () => view.destroy()
}
