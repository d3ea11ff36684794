import type { Database, Statement } from 'better-sqlite3'
import { migrate } from './migrate.ts'
import { openSqlite } from './open.ts'

/** What is measured of a machine and of a server, in the order of their columns. */
export const measured = {
  node: [
    'cpu_percent',
    'memory_bytes',
    'disk_bytes',
    'network_in_bytes_per_second',
    'network_out_bytes_per_second',
    'load_1m',
  ],
  instance: ['cpu_percent', 'memory_bytes', 'network_in_bytes_per_second', 'network_out_bytes_per_second'],
} as const
export type Kind = keyof typeof measured
/** The values in the order of `measured`; null where the machine cannot measure it. */
export type Sample = { readonly kind: Kind; readonly subject: string; readonly values: readonly (number | null)[] }

/** From the finest to the coarsest: seconds between points (0: as they come), and for how long they are kept. */
export const tiers = [
  { name: 'raw', seconds: 0, keepSeconds: 48 * 3600 },
  { name: 'minute', seconds: 60, keepSeconds: 14 * 86_400 },
  { name: 'quarter', seconds: 900, keepSeconds: 366 * 86_400 },
] as const
export type Tier = (typeof tiers)[number]

const KINDS = ['node', 'instance'] as const
const rawTable = (kind: Kind) =>
  `create table ${kind}_raw (series integer not null, at integer not null, ${measured[kind].map((c) => `${c} real`).join(', ')},
    primary key (series, at)) strict, without rowid`
const coarseTable = (kind: Kind, tier: string) =>
  `create table ${kind}_${tier} (series integer not null, at integer not null, samples integer not null,
    ${measured[kind].map((c) => `${c} real, ${c}_max real`).join(', ')},
    primary key (series, at)) strict, without rowid`

const migrations = [
  {
    version: 1,
    name: 'metrics',
    statements: [
      // A series is one machine or one server. Its id is short because it stands in every row.
      `create table series (id integer primary key, kind text not null, subject text not null unique) strict`,
      // What was deleted and still has rows.
      `create table dropped (series integer primary key, kind text not null) strict`,
      // Up to when a tier has been filled from the finer one.
      `create table progress (name text primary key, until integer not null) strict`,
      ...KINDS.flatMap((kind) => [rawTable(kind), coarseTable(kind, 'minute'), coarseTable(kind, 'quarter')]),
    ],
  },
]

/** The mean of a column over rows that each stand for one or more samples; nulls do not count. */
const mean = (column: string, tier: Tier['name']) =>
  tier === 'raw'
    ? `avg(${column})`
    : `sum(${column} * samples) / nullif(sum(case when ${column} is null then 0 else samples end), 0)`

const SLICE_ROWS = 5000

export type Row = { at: number } & Record<string, number | null>

function statements(database: Database, kind: Kind) {
  const columns = measured[kind]
  const insert = database.prepare(
    `insert or replace into ${kind}_raw (series, at, ${columns.join(', ')}) values (?, ?, ${columns.map(() => '?').join(', ')})`,
  )
  const roll = (from: Tier['name'], to: string, seconds: number) => {
    const peak = from === 'raw' ? '' : '_max'
    return database.prepare(
      `insert or replace into ${kind}_${to} (series, at, samples, ${columns.flatMap((c) => [c, `${c}_max`]).join(', ')})
       select series, at / ${seconds} * ${seconds}, ${from === 'raw' ? 'count(*)' : 'sum(samples)'},
         ${columns.flatMap((c) => [mean(c, from), `max(${c}${peak})`]).join(', ')}
       from ${kind}_${from} where series = ? and at >= ? and at < ? group by at / ${seconds}`,
    )
  }
  return {
    insert,
    roll: { minute: roll('raw', 'minute', 60), quarter: roll('minute', 'quarter', 900) },
    read: Object.fromEntries(
      tiers.map(({ name }) => {
        const means = columns.map((c) => `${mean(c, name)} as ${c}`).join(', ')
        return [
          name,
          database.prepare<[number, number, number, number, number], Row>(
            `select cast(at / ? as integer) * ? as at, ${means} from ${kind}_${name} where series = ? and at >= ? and at < ? group by 1 order by 1`,
          ),
        ]
      }),
    ) as Record<Tier['name'], Statement<[number, number, number, number, number], Row>>,
    expire: Object.fromEntries(
      tiers.map(({ name }) => [
        name,
        database.prepare(
          `delete from ${kind}_${name} where series = ? and at in (select at from ${kind}_${name} where series = ? and at < ? order by at limit ${SLICE_ROWS})`,
        ),
      ]),
    ) as Record<Tier['name'], Statement<[number, number, number]>>,
  }
}

/** Opens the second database file. Half a second of measurements may be lost with the power (NORMAL); the promises are in the first file. */
export function openMetrics(file: string) {
  const database = openSqlite(file, 'NORMAL')
  try {
    migrate(database, migrations)
  } catch (error) {
    database.close()
    throw error
  }
  const of = { node: statements(database, 'node'), instance: statements(database, 'instance') }
  const findSeries = database.prepare<[string], { id: number }>('select id from series where subject = ?')
  const addSeries = database.prepare<[string, string], { id: number }>(
    'insert into series (kind, subject) values (?, ?) returning id',
  )
  const ids = new Map<string, number>()

  function seriesOf(kind: Kind, subject: string): number {
    const known = ids.get(subject) ?? findSeries.get(subject)?.id ?? addSeries.get(kind, subject)?.id ?? 0
    ids.set(subject, known)
    return known
  }

  const insertAll = database.transaction((at: number, samples: readonly Sample[]) => {
    for (const { kind, subject, values } of samples) of[kind].insert.run(seriesOf(kind, subject), at, ...values)
  })
  const drop = database.transaction((subject: string) => {
    database
      .prepare('insert or ignore into dropped (series, kind) select id, kind from series where subject = ?')
      .run(subject)
    database.prepare('delete from series where subject = ?').run(subject)
    ids.delete(subject)
  })

  return {
    database,
    /** One transaction for everything that was measured at one moment. */
    insert: (at: number, samples: readonly Sample[]) => insertAll(at, samples),
    /** Mean values by steps of `step` seconds, from `from` up to but not including `to`. */
    read(kind: Kind, subject: string, tier: Tier['name'], step: number, from: number, to: number): Row[] {
      const series = findSeries.get(subject)?.id
      return series === undefined ? [] : of[kind].read[tier].all(step, step, series, from, to)
    },
    listSeries: () => database.prepare<[], { id: number; kind: Kind }>('select id, kind from series').all(),
    listDropped: () => database.prepare<[], { id: number; kind: Kind }>('select series as id, kind from dropped').all(),
    /** Fills one tier of one series from the finer tier. Repeating it changes nothing. */
    roll: (kind: Kind, tier: 'minute' | 'quarter', series: number, from: number, to: number) =>
      void of[kind].roll[tier].run(series, from, to),
    /** Removes one slice of old rows; true while there may be more. */
    expire: (kind: Kind, tier: Tier['name'], series: number, before: number): boolean =>
      of[kind].expire[tier].run(series, series, before).changes === SLICE_ROWS,
    progress: (name: string): number | undefined =>
      database.prepare<[string], { until: number }>('select until from progress where name = ?').get(name)?.until,
    setProgress: (name: string, until: number) =>
      void database
        .prepare(
          'insert into progress (name, until) values (?, ?) on conflict (name) do update set until = excluded.until',
        )
        .run(name, until),
    /** Forgets a series at once; its rows go in slices. */
    drop: (subject: string) => drop(subject),
    forgetDropped: (series: number) => void database.prepare('delete from dropped where series = ?').run(series),
    oldest: (kind: Kind): number | null =>
      database.prepare<[], { at: number | null }>(`select min(at) as at from ${kind}_raw`).get()?.at ?? null,
    close: () => database.close(),
  }
}
export type Metrics = ReturnType<typeof openMetrics>
