import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import type { LogLine } from '#contract/console'
import { cn } from '../../lib/cn.ts'
import { formatDateTime } from '../../lib/format.ts'
import { AnsiText } from './ansi-text.tsx'
import { clockOf } from './stamp.ts'

type Props = {
  line: LogLine
  mark: string
  hasTime: boolean
  wraps: boolean
  isTarget: boolean
  onShow: ((line: LogLine) => void) | undefined
}

/** One line of the log. In a search it is the way to the lines around it. */
export const LogRow = memo(function LogRow({ line, mark, hasTime, wraps, isTarget, onShow }: Props) {
  const { t } = useTranslation()
  return (
    <div
      data-offset={line.offset}
      className={cn(
        'flex gap-3 px-3 [contain-intrinsic-height:1.25rem] [content-visibility:auto]',
        isTarget && 'bg-accent-soft',
        onShow && 'hover:bg-hover',
      )}
    >
      {hasTime && (
        <time
          dateTime={line.at ?? undefined}
          title={line.at ? formatDateTime(line.at) : undefined}
          className="shrink-0 whitespace-pre text-muted tabular select-none"
        >
          {clockOf(line.at === null ? undefined : Date.parse(line.at))}
        </time>
      )}
      <span className={cn('min-w-0 flex-1', wraps ? 'break-words whitespace-pre-wrap' : 'whitespace-pre')}>
        <AnsiText line={line.text} mark={mark} />
      </span>
      {onShow && (
        <button
          type="button"
          className="shrink-0 rounded-sm px-1 font-sans text-sm text-accent hover:underline"
          onClick={() => onShow(line)}
        >
          {t('console.logs.showAround')}
        </button>
      )}
    </div>
  )
})
