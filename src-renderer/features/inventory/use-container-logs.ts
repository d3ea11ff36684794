import { useEffect, useState } from 'react'
import { getContainerLogs } from '#contract/inventory'
import { openStream } from '../../lib/api.ts'

export type LogLine = { number: number; text: string }
type State = { lines: readonly LogLine[]; state: 'opening' | 'open' | 'ended' | 'failed'; error?: unknown }

/** What is kept on the page; what was before is still at the container. */
const MAX_LINES = 2000
const MAX_LINE = 8192
const TAIL = 500
const beginning: State = { lines: [], state: 'opening' }

/** Reads a container's log until it ends or nobody looks any more. Lines that come at once are shown at once. */
export function useContainerLogs(id: string, containerId: string, wanted: { follow: boolean; timestamps: boolean }) {
  const { follow, timestamps } = wanted
  const [state, setState] = useState(beginning)
  useEffect(() => {
    const leave = new AbortController()
    let lines: LogLine[] = []
    let rest = ''
    let count = 0
    let frame = 0
    const show = (more: Partial<State> = {}) => {
      cancelAnimationFrame(frame)
      setState((before) => ({ ...before, lines, ...more }))
    }
    const take = (text: string) => {
      const parts = (rest + text).split('\n')
      rest = (parts.pop() ?? '').slice(-MAX_LINE)
      const fresh = parts
        .slice(-MAX_LINES)
        .map((part) => ({ number: count++, text: part.slice(0, MAX_LINE).replace(/\r$/, '') }))
      lines = [...lines, ...fresh].slice(-MAX_LINES)
      cancelAnimationFrame(frame)
      frame = requestAnimationFrame(() => show({ state: 'open' }))
    }
    async function read() {
      setState(beginning)
      const input = { params: { id, containerId }, query: { tail: TAIL, follow, timestamps } }
      const body = await openStream(getContainerLogs, input, leave.signal)
      const reader = body.pipeThrough(new TextDecoderStream()).getReader()
      for (let piece = await reader.read(); !piece.done; piece = await reader.read()) take(piece.value)
      if (rest !== '') take('\n')
      show({ state: 'ended' })
    }
    read().catch((error: unknown) => {
      if (!leave.signal.aborted) show({ state: 'failed', error })
    })
    return () => {
      leave.abort()
      cancelAnimationFrame(frame)
    }
  }, [id, containerId, follow, timestamps])
  return state
}
