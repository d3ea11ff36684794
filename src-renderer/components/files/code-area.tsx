import { useCallback } from 'react'
import { useEditor } from '../code/use-editor.tsx'

type Props = {
  /** What it begins with; a new key begins anew. */
  text: string
  name: string
  label: string
  isReadOnly: boolean
  onText: (text: string) => void
  onSave: () => void
}

/** A text file in an editor. */
export function CodeArea({ name, ...props }: Props) {
  const load = useCallback(async () => {
    const { makeFileEditor } = await import('./code-mirror.ts')
    return makeFileEditor(name)
  }, [name])
  return useEditor(load, props).area
}
