export interface WorkloadsTable {
  id: string
  organization_id: string
  name: string
  description: string
  category: string | null
  icon: string
  runtime: 'docker' | 'process'
  image: string | null
  version: number
  /** JSON: WorkloadDocument of `version`. */
  document: string
  created_by: string | null
  created_at: string
  updated_at: string
}

export interface WorkloadVersionsTable {
  workload_id: string
  version: number
  document: string
  created_by: string | null
  created_at: string
}
