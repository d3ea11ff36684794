import type { InstanceUsage } from '#contract/instances'
import type { InstanceHistory, NodeHistory } from '#contract/metrics'
import type { NodeUsage } from '#contract/nodes'
import type { Clock } from '#server/clock'
import { type Kind, measured, type Metrics, tiers } from '#server/db/metrics'
import { type HistoryInput, readHistory } from './history.ts'

/** How much of time one step of a catch-up covers, so that nobody waits behind it. */
const SLICE_SECONDS = 6 * 3600
const breathe = () => new Promise<void>((resolve) => setImmediate(resolve))

const bounded = (value: number | null) =>
  value === null ? null : Math.min(Math.max(value, 0), Number.MAX_SAFE_INTEGER)

/** What was measured: kept fine for two days, by the minute for two weeks, by the quarter hour for a year. */
export function createMetricsService({ metrics, clock }: { metrics: Metrics; clock: Clock }) {
  const nowSeconds = () => Math.floor(clock.now() / 1000)

  /** Fills `tier` from the finer one for every whole step that is over. A kill in the middle repeats one slice, which changes nothing. */
  async function roll(tier: 'minute' | 'quarter', seconds: number, readyUntil: number): Promise<void> {
    const until = Math.floor(readyUntil / seconds) * seconds
    // Minutes older than the finest rows were filled long ago, or never measured.
    const oldest = Math.min(metrics.oldest('node') ?? until, metrics.oldest('instance') ?? until)
    const done = metrics.progress(tier) ?? oldest
    let from = Math.floor((tier === 'minute' ? Math.max(done, oldest) : done) / seconds) * seconds
    while (from < until) {
      const to = Math.min(from + SLICE_SECONDS, until)
      for (const { id, kind } of metrics.listSeries()) {
        metrics.roll(kind, tier, id, from, to)
        await breathe()
      }
      metrics.setProgress(tier, to)
      from = to
    }
  }

  async function expire(kind: Kind, series: number, age: (keepSeconds: number) => number): Promise<void> {
    for (const { name, keepSeconds } of tiers) {
      while (metrics.expire(kind, name, series, age(keepSeconds))) await breathe()
    }
  }

  /** Job: coarser tiers from finer ones. */
  async function downsample(): Promise<void> {
    await roll('minute', 60, nowSeconds())
    await roll('quarter', 900, metrics.progress('minute') ?? 0)
  }

  return {
    /** One heartbeat of a machine with its servers, stamped with our own clock. */
    record(nodeId: string, usage: NodeUsage, instances: readonly { id: string; usage: InstanceUsage }[]): void {
      metrics.insert(nowSeconds(), [
        { kind: 'node', subject: nodeId, values: measured.node.map((column) => bounded(usage[column])) },
        ...instances.map(({ id, usage }) => ({
          kind: 'instance' as const,
          subject: id,
          values: measured.instance.map((column) => bounded(usage[column])),
        })),
      ])
    },
    nodeHistory: (nodeId: string, query: HistoryInput) =>
      readHistory(metrics, 'node', nodeId, query, clock.now()) as NodeHistory,
    instanceHistory: (instanceId: string, query: HistoryInput) =>
      readHistory(metrics, 'instance', instanceId, query, clock.now()) as InstanceHistory,
    /** A machine or a server is gone: so is what was measured of it. */
    forget: (subjectId: string) => metrics.drop(subjectId),
    downsample,
    /** Job: removes what is too old, and what was deleted, in slices. What a long pause left is first told to the coarser tiers. */
    async tidy(): Promise<void> {
      await downsample()
      const now = nowSeconds()
      for (const { id, kind } of metrics.listSeries()) await expire(kind, id, (keepSeconds) => now - keepSeconds)
      for (const { id, kind } of metrics.listDropped()) {
        await expire(kind, id, () => Number.MAX_SAFE_INTEGER)
        metrics.forgetDropped(id)
      }
    },
    isFine: () => metrics.database.prepare('select 1').get() !== undefined,
  }
}
export type MetricsService = ReturnType<typeof createMetricsService>
