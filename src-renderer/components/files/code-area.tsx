import { useEffect, useRef, useState } from 'react'
import { Skeleton } from '../ui/skeleton.tsx'

type Props = {
  /** What it begins with; a new key begins anew. */
  text: string
  name: string
  label: string
  isReadOnly: boolean
  onText: (text: string) => void
  onSave: () => void
}

/** The editor; its code is fetched when it is shown. */
export function CodeArea({ text, name, label, isReadOnly, onText, onSave }: Props) {
  const host = useRef<HTMLDivElement>(null)
  const [isThere, setThere] = useState(false)
  const latest = useRef({ text, onText, onSave })
  useEffect(() => {
    latest.current = { text, onText, onSave }
  })
  useEffect(() => {
    let destroy = () => {}
    let isGone = false
    void import('./code-mirror.ts').then(({ makeFileEditor }) => {
      if (isGone || !host.current) return
      destroy = makeFileEditor({
        host: host.current,
        text: latest.current.text,
        name,
        label,
        isReadOnly,
        onText: (next) => latest.current.onText(next),
        onSave: () => latest.current.onSave(),
      })
      setThere(true)
    })
    return () => {
      isGone = true
      destroy()
    }
  }, [name, label, isReadOnly])
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
