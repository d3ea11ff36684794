import { CircleAlert, CircleCheck } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { SourceProblem } from './workload-source.ts'

type Props = {
  problems: readonly SourceProblem[]
  words: (problem: SourceProblem) => string
  onGoTo: (offset: number) => void
}

/** Every mistake with its line; choosing one goes there. */
export function ProblemList({ problems, words, onGoTo }: Props) {
  const { t } = useTranslation()
  return (
    <div className="shrink-0 border-t border-border bg-surface">
      <p role="status" className="flex h-8 items-center gap-2 px-3 text-sm text-muted">
        {problems.length > 0 ? (
          <CircleAlert aria-hidden size={14} className="text-error" />
        ) : (
          <CircleCheck aria-hidden size={14} className="text-running" />
        )}
        {problems.length > 0
          ? t('workloads.editor.problems', { count: problems.length })
          : t('workloads.editor.noProblems')}
      </p>
      {problems.length > 0 && (
        <ul className="max-h-32 overflow-y-auto border-t border-border">
          {problems.map((problem) => (
            <li key={`${problem.path} ${problem.from} ${problem.message}`}>
              <button
                type="button"
                className="flex w-full items-baseline gap-3 px-3 py-1 text-left text-sm -outline-offset-2 hover:bg-hover"
                onClick={() => onGoTo(problem.from)}
              >
                <span className="shrink-0 tabular text-muted">
                  {t('workloads.editor.line', { line: problem.line })}
                </span>
                <span className="min-w-0 break-words">{words(problem)}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
