import type { ProcessIdentity } from '../process-table.ts'

/** What a supervisor holds: a process under a terminal, or the terminal of a container. */
export type Supervised = {
  child: ProcessIdentity | null
  containerId: string | null
  write: (data: Buffer) => void
  resize: (cols: number, rows: number) => void
  signal: (name: string) => void
  /** Ends it with everything it started. */
  kill: () => Promise<void>
  /** After the last byte of output. */
  ended: Promise<{ code: number | null; signal: string | null; oom: boolean }>
}
