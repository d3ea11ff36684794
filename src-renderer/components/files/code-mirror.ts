import { yaml } from '@codemirror/lang-yaml'
import { EditorState } from '@codemirror/state'
import { type EditorOptions, makeTextEditor } from '../code/text-editor.ts'

/** How lines end in a text, so that saving it changes nothing that nobody typed. */
function lineEndOf(text: string): string {
  const lines = text.match(/\r\n|\n|\r/g) ?? []
  return lines.length > 0 && lines.every((end) => end === '\r\n') ? '\r\n' : '\n'
}

/** The editor for a file of this name. */
export const makeFileEditor = (name: string) => (options: EditorOptions) =>
  makeTextEditor({
    ...options,
    extensions: [EditorState.lineSeparator.of(lineEndOf(options.text)), /\.ya?ml$/i.test(name) ? yaml() : []],
  })
