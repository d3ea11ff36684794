import { X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { ranges } from '#contract/metrics'
import { formatSince } from '../lib/format.ts'
import type { TimeRange } from '../lib/time-range.ts'
import { Button } from './ui/button.tsx'
import { Segmented } from './ui/segmented.tsx'

/** Which time the charts of a page show. A stretch that was zoomed into says so and can be left. */
export function TimeRangePicker({ value, onChange }: { value: TimeRange; onChange: (value: TimeRange) => void }) {
  const { t } = useTranslation()
  const isZoomed = value.from !== undefined && value.to !== undefined
  return (
    <div className="flex flex-wrap items-center gap-2">
      {isZoomed && (
        <Button
          size="sm"
          variant="ghost"
          title={t('charts.resetZoom')}
          onClick={() => onChange(value.range ? { range: value.range } : {})}
        >
          {t('charts.zoomed', { from: formatSince(value.from ?? ''), to: formatSince(value.to ?? '') })}
          <X aria-hidden size={14} />
        </Button>
      )}
      <Segmented
        label={t('charts.range')}
        value={isZoomed ? undefined : (value.range ?? '1h')}
        onValueChange={(range) => onChange({ range })}
        options={ranges.map((range) => ({ value: range, label: t(`charts.ranges.${range}`) }))}
      />
    </div>
  )
}
