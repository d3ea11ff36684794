import { useCallback, useEffect, useRef, useState } from 'react'
import type { FileSource } from './file-source.ts'
import { sendFile } from './send-file.ts'

export type Upload = {
  id: number
  name: string
  path: string
  size: number
  sent: number
  state: 'waiting' | 'sending' | 'broken' | 'done' | 'failed'
  error?: unknown
}
type Wanted = { file: File; path: string; overwrite: boolean }

let made = 0

/** What is being sent from this page, one file after the other. */
export function useUploads(source: FileSource, onDone: () => void) {
  const [uploads, setUploads] = useState<readonly Upload[]>([])
  const cancels = useRef(new Map<number, AbortController>())
  const line = useRef(Promise.resolve())
  const latest = useRef(onDone)
  useEffect(() => {
    latest.current = onDone
  })

  const set = useCallback(
    (id: number, change: Partial<Upload>) =>
      setUploads((all) => all.map((upload) => (upload.id === id ? { ...upload, ...change } : upload))),
    [],
  )
  const forget = useCallback((id: number) => {
    cancels.current.delete(id)
    setUploads((all) => all.filter((upload) => upload.id !== id))
  }, [])

  const clear = useCallback(() => setUploads((all) => all.filter(({ state }) => state !== 'done')), [])

  const start = useCallback(
    (wanted: readonly Wanted[]) => {
      for (const { file, path, overwrite } of wanted) {
        const id = ++made
        const stop = new AbortController()
        cancels.current.set(id, stop)
        setUploads((all) => [...all, { id, name: file.name, path, size: file.size, sent: 0, state: 'waiting' }])
        line.current = line.current.then(async () => {
          if (stop.signal.aborted) return
          set(id, { state: 'sending' })
          try {
            await sendFile(source, file, path, overwrite, {
              signal: stop.signal,
              onProgress: (sent) => set(id, { sent, state: 'sending' }),
              onBroken: () => set(id, { state: 'broken' }),
            })
            set(id, { state: 'done', sent: file.size })
            latest.current()
          } catch (error) {
            if (stop.signal.aborted) await source.cancelUpload(path).catch(() => {})
            else set(id, { state: 'failed', error })
          }
        })
      }
    },
    [source, set],
  )

  const cancel = useCallback(
    (id: number) => {
      cancels.current.get(id)?.abort(new Error('cancelled'))
      forget(id)
    },
    [forget],
  )

  const isBusy = uploads.some(({ state }) => state === 'waiting' || state === 'sending' || state === 'broken')
  useEffect(() => {
    if (!isBusy) return undefined
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    addEventListener('beforeunload', ask)
    return () => removeEventListener('beforeunload', ask)
  }, [isBusy])
  // Whoever leaves the page leaves what it sends: the machine keeps it for a day.
  useEffect(() => {
    const all = cancels.current
    return () => all.forEach((stop) => stop.abort(new Error('left')))
  }, [])

  return { uploads, start, cancel, forget, clear }
}
