import { Progress as Base } from '@base-ui/react/progress'

/** Work under way; `percent` null is work whose end nobody knows. */
export function Progress({ percent, label }: { percent: number | null; label: string }) {
  return (
    <Base.Root value={percent} aria-label={label}>
      <Base.Track className="block h-1 overflow-hidden rounded-full bg-active">
        <Base.Indicator className="block h-full rounded-full bg-accent transition-[width] duration-180 data-indeterminate:w-full data-indeterminate:animate-beat" />
      </Base.Track>
    </Base.Root>
  )
}
