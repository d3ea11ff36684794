import { type Static, type TProperties, Type as T } from 'typebox'
import { Nullable, Time } from './page.ts'

export const ranges = ['1h', '6h', '24h', '7d', '30d'] as const

/** `range` counts back from now; `from` and `to` choose freely. `resolution` is in seconds; the server picks one that fits if absent. */
export const HistoryQuery = T.Object(
  {
    range: T.Optional(T.Enum(ranges)),
    from: T.Optional(Time),
    to: T.Optional(Time),
    resolution: T.Optional(T.Integer({ minimum: 5, maximum: 86400 })),
  },
  { additionalProperties: false },
)

const Series = T.Array(Nullable(T.Number()))

/** Columns of equal length; null where nothing was measured, so that gaps stay gaps. */
const history = <P extends TProperties>(series: P) =>
  T.Object({
    from: Time,
    to: Time,
    resolution: T.Integer({ description: 'Seconds between points.' }),
    at: T.Array(T.Integer(), { description: 'Unix seconds.' }),
    series: T.Object(series),
  })

export const NodeHistory = history({
  cpu_percent: Series,
  memory_bytes: Series,
  disk_bytes: Series,
  network_in_bytes_per_second: Series,
  network_out_bytes_per_second: Series,
  load_1m: Series,
})
export type NodeHistory = Static<typeof NodeHistory>

export const InstanceHistory = history({
  cpu_percent: Series,
  memory_bytes: Series,
  network_in_bytes_per_second: Series,
  network_out_bytes_per_second: Series,
})
export type InstanceHistory = Static<typeof InstanceHistory>
