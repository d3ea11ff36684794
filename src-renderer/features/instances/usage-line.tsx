import { useTranslation } from 'react-i18next'
import type { Instance } from '#contract/instances'
import { Sparkline } from '../../components/ui/sparkline.tsx'
import { formatBytes, formatPercent } from '../../lib/format.ts'
import { useRecent } from '../../lib/recent.ts'

type Props = { instance: Pick<Instance, 'id' | 'name' | 'usage' | 'limits'>; of: 'cpu' | 'memory'; isWide?: boolean }

/** What it uses now and how that went in the last minutes. */
export function UsageLine({ instance: { id, name, usage, limits }, of, isWide = false }: Props) {
  const { t } = useTranslation()
  const recent = useRecent(id)
  if (!usage) return <span className="text-muted">–</span>
  const isCpu = of === 'cpu'
  const limit = usage.memory_limit_bytes ?? limits.memory_bytes
  const value = isCpu ? formatPercent(usage.cpu_percent, 0) : formatBytes(usage.memory_bytes)
  const values = recent.map((sample) => (isCpu ? sample.cpu_percent : sample.memory_bytes))
  const max = isCpu ? 10 : (limit ?? undefined)
  return (
    <span className="flex min-w-0 items-center gap-2">
      <Sparkline
        values={values}
        color={isCpu ? 1 : 4}
        {...(max !== undefined && { max })}
        label={t(isCpu ? 'instances.cpuOf' : 'instances.memoryOf', { name, value })}
        className={isWide ? 'h-7 min-w-0 flex-1' : 'h-5 w-14 shrink-0 max-xl:hidden'}
      />
      <span className={isWide ? 'shrink-0 text-right text-sm tabular' : 'text-sm tabular'}>
        {value}
        {!isCpu && isWide && limit !== null && <span className="text-muted"> / {formatBytes(limit)}</span>}
      </span>
    </span>
  )
}
