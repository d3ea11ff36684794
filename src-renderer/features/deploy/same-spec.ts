import type { WorkloadDocument } from '#contract/workload'

/** The same text for the same value, whatever the order of its keys. */
const stable = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )

/** Whether two documents run the same thing; their names and descriptions do not matter. */
export const isSameSpec = (a: WorkloadDocument, b: WorkloadDocument): boolean => stable(a.spec) === stable(b.spec)
