export interface SystemBackupsTable {
  id: string
  state: 'running' | 'done' | 'failed'
  trigger: 'schedule' | 'manual'
  path: string
  bytes: number | null
  error: string | null
  started_at: string
  finished_at: string | null
}
