import { useTranslation } from 'react-i18next'
import type { FleetNode } from '#contract/nodes'
import { Checkbox } from '../../components/ui/checkbox.tsx'
import { Field } from '../../components/ui/field.tsx'
import { Input } from '../../components/ui/input.tsx'
import { Slider } from '../../components/ui/slider.tsx'
import { formatBytes, formatNumber } from '../../lib/format.ts'
import type { ServerForm, ServerFormProblems } from './deploy-form.ts'

type Props = {
  values: Pick<ServerForm, 'memoryBytes' | 'cpu'>
  problems: Pick<ServerFormProblems, 'memory' | 'cpu'>
  onChange: (values: Partial<Pick<ServerForm, 'memoryBytes' | 'cpu'>>) => void
  node: FleetNode | undefined
  runtime: 'docker' | 'process'
  /** The program is told its limit, so there has to be one. */
  isLimitNeeded: boolean
  /** What this very server uses already, which is not lost to it. */
  ownBytes?: number
  isReadOnly?: boolean
}

const MIB = 1024 ** 2
const STEP = 128 * MIB
const FALLBACK_TOTAL = 16 * 1024 * MIB

/** How much of its machine a server may use. */
export function LimitFields({
  values,
  problems,
  onChange,
  node,
  runtime,
  isLimitNeeded,
  ownBytes = 0,
  isReadOnly = false,
}: Props) {
  const { t } = useTranslation()
  const cores = node?.cpu_cores
  const isEnforced =
    runtime === 'docker' || node === undefined ? { memory: true, cpu: true } : node.capabilities.process_limits
  return (
    <div className="flex flex-col gap-5">
      <div className="flex flex-col gap-2">
        <MemoryField
          values={values}
          problems={problems}
          onChange={onChange}
          node={node}
          ownBytes={ownBytes}
          isReadOnly={isReadOnly}
        />
        {isLimitNeeded ? (
          <p className="text-sm text-muted">{t('deploy.needsLimit')}</p>
        ) : (
          <Checkbox
            label={t('deploy.noLimit')}
            help={t('deploy.noLimitHelp')}
            checked={values.memoryBytes === null}
            disabled={isReadOnly}
            onCheckedChange={(isFree) =>
              onChange({
                memoryBytes: isFree ? null : Math.min(2048 * MIB, node?.memory_total_bytes ?? FALLBACK_TOTAL),
              })
            }
          />
        )}
        {!isEnforced.memory && node && (
          <p className="text-sm text-busy">{t('deploy.unenforcedMemory', { name: node.name })}</p>
        )}
      </div>
      <Field
        label={t('deploy.cpu')}
        error={problems.cpu && t(`deploy.cpuProblems.${problems.cpu}`)}
        help={
          node && cores
            ? t('deploy.cpuHelp', { name: node.name, cores: formatNumber(cores) })
            : t('deploy.cpuHelpPlain')
        }
      >
        <Input
          mono
          className="max-w-60"
          inputMode="decimal"
          placeholder={t('deploy.noLimit')}
          value={values.cpu}
          readOnly={isReadOnly}
          onValueChange={(cpu) => onChange({ cpu })}
        />
      </Field>
      {!isEnforced.cpu && node && (
        <p className="-mt-3 text-sm text-busy">{t('deploy.unenforcedCpu', { name: node.name })}</p>
      )}
    </div>
  )
}

function MemoryField({
  values,
  problems,
  onChange,
  node,
  ownBytes,
  isReadOnly,
}: Pick<Props, 'values' | 'problems' | 'onChange' | 'node'> & { ownBytes: number; isReadOnly: boolean }) {
  const { t } = useTranslation()
  const { memoryBytes } = values
  const total = node?.memory_total_bytes ?? null
  const free =
    total === null || !node?.usage ? null : Math.min(total, Math.max(0, total - node.usage.memory_bytes) + ownBytes)
  // A slider in whole steps, whatever odd size the machine has.
  const top = Math.max(STEP * 2, Math.floor((total ?? FALLBACK_TOTAL) / STEP) * STEP)
  const isOver = memoryBytes !== null && free !== null && memoryBytes > free
  const isBeyond = memoryBytes !== null && total !== null && memoryBytes > total
  const words =
    node && total !== null && isBeyond
      ? t('deploy.memoryBeyond', { name: node.name, total: formatBytes(total) })
      : isOver
        ? t('deploy.memoryOver', { free: formatBytes(free) })
        : node && free !== null && total !== null
          ? t('deploy.memoryLeft', { name: node.name, free: formatBytes(free), total: formatBytes(total) })
          : undefined
  const setMib = (typed: string) => {
    const mib = Number.parseInt(typed, 10)
    onChange({ memoryBytes: Number.isFinite(mib) ? Math.min(mib, 4 * 1024 ** 2) * MIB : 0 })
  }
  return (
    <div className="flex flex-col gap-1">
      <div className="flex items-baseline justify-between gap-2">
        <span className="font-medium">{t('deploy.memory')}</span>
        <span className="tabular">{memoryBytes === null ? t('deploy.noLimit') : formatBytes(memoryBytes)}</span>
      </div>
      <div className="flex items-center gap-3">
        <div className="relative flex-1">
          {free !== null && total !== null && (
            // Up to here is free now.
            <span
              aria-hidden
              className="absolute top-2.5 h-3 w-px bg-field"
              style={{ left: `${Math.min(100, (free / top) * 100)}%` }}
            />
          )}
          <Slider
            label={t('deploy.memory')}
            value={Math.min(memoryBytes ?? top, top)}
            min={STEP}
            max={top}
            step={STEP}
            format={(value) => formatBytes(value)}
            disabled={isReadOnly || memoryBytes === null}
            onValueChange={(value) => onChange({ memoryBytes: value })}
          />
        </div>
        <Input
          mono
          aria-label={t('deploy.memoryAmount')}
          aria-invalid={problems.memory ? true : undefined}
          inputMode="numeric"
          className="w-24 text-right"
          disabled={memoryBytes === null}
          readOnly={isReadOnly}
          value={memoryBytes === null ? '' : String(Math.round(memoryBytes / MIB))}
          onValueChange={setMib}
        />
        <span className="text-sm text-muted">MiB</span>
      </div>
      {problems.memory ? (
        <p role="alert" className="text-sm text-error">
          {t('deploy.memoryTooSmall')}
        </p>
      ) : (
        <p className={isOver ? 'min-h-5 text-sm text-busy' : 'min-h-5 text-sm text-muted'}>{words}</p>
      )}
    </div>
  )
}
