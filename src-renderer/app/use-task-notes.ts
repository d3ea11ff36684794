import { useNavigate } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { toast } from '../components/ui/toast.tsx'
import { localTimes } from '../lib/local-times.ts'
import { taskText, useTasks } from './use-tasks.ts'

/** Long work that was running while this page was open ends in a note with a way to what it made. */
export function useTaskNotes(): void {
  const tasks = useTasks()
  const { t } = useTranslation()
  const navigate = useNavigate()
  const running = useRef(new Set<string>())

  useEffect(() => {
    for (const task of tasks) {
      if (task.state === 'running') {
        running.current.add(task.id)
        continue
      }
      if (!running.current.delete(task.id)) continue
      const isGone = task.kind === 'instance.delete' && task.state === 'done'
      const path = `/servers/${task.subject_id}`
      const isShown = location.pathname === path
      // Somebody wanted it so: that is no failure.
      const isCancelled = task.kind === 'instance.migrate' && (task.error ?? '').endsWith(' cancelled it.')
      toast({
        title: isCancelled ? t('shell.tasks.moveCancelled', { name: task.subject_name }) : taskText(task, task.state),
        tone: isCancelled ? 'info' : task.state,
        ...(task.error && !isCancelled && { description: localTimes(task.error) }),
        ...(task.subject_type === 'instance' &&
          !isGone &&
          !isShown && {
            action: {
              label: t('common.show'),
              run: () => void navigate({ to: '/servers/$instanceId', params: { instanceId: task.subject_id } }),
            },
          }),
      })
    }
  }, [tasks, navigate, t])
}
