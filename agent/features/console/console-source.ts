import type { InstanceLog } from '#agent/log/instance-log'

/** What consoles need of the servers; `createInstances` gives it. */
export type ConsoleSource = {
  /** Throws when this machine does not have the server. */
  get: (id: string) => {
    log: InstanceLog
    installLog: InstanceLog
    installState: () => 'none' | 'running' | 'done' | 'failed'
    input: (data: Buffer) => void
    resize: (cols: number, rows: number) => void
    clearLog: () => Promise<void>
  }
}
