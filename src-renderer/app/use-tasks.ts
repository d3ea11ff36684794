import { useQuery } from '@tanstack/react-query'
import type { Task } from '#contract/activity'
import { listTasks } from '#contract/activity'
import { i18n } from '../lib/i18n.ts'
import { queryFor } from '../lib/query.ts'

const none: Task[] = []

/** The newest tasks, running ones among them. */
export function useTasks(): Task[] {
  return useQuery(queryFor(listTasks, { query: { limit: 20 } })).data?.items ?? none
}

/** A sentence about a task; kinds that we have no words for get general ones. */
export function taskText(task: Task, as: 'kind' | 'done' | 'failed'): string {
  const key = `shell.tasks.${as}.${task.kind}`
  return i18n.t((i18n.exists(key) ? key : `shell.tasks.${as}.other`) as 'shell.tasks.kind.other', {
    name: task.subject_name,
  })
}
