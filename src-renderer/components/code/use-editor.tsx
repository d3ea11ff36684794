import { type ReactNode, type RefObject, useEffect, useRef, useState } from 'react'
import { Skeleton } from '../ui/skeleton.tsx'
import type { EditorOptions } from './text-editor.ts'

type Props = Omit<EditorOptions, 'host'>
/** Fetches the editor's code; one that changes makes the editor anew. */
type Load<E> = () => Promise<(options: EditorOptions) => E>

/** An editor that is fetched when it is shown, made once, and always speaks to the latest of what it was given. */
export function useEditor<E extends { destroy(): void }>(
  load: Load<E>,
  { text, label, isReadOnly, onText, onSave }: Props,
): { editor: E | undefined; area: ReactNode } {
  const host = useRef<HTMLDivElement>(null)
  const [editor, setEditor] = useState<E>()
  const latest = useRef({ text, onText, onSave })
  useEffect(() => {
    latest.current = { text, onText, onSave }
  })
  useEffect(() => {
    let made: E | undefined
    let isGone = false
    void load().then((make) => {
      if (isGone || !host.current) return
      made = make({
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
  }, [load, label, isReadOnly])
  return { editor, area: <EditorArea host={host} isThere={editor !== undefined} /> }
}

function EditorArea({ host, isThere }: { host: RefObject<HTMLDivElement | null>; isThere: boolean }) {
  return (
    <div className="relative min-h-0 flex-1">
      {!isThere && (
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
