import { type Static, type TSchema, type TUnsafe, Type as T } from 'typebox'

/** A UUIDv7 made by the control plane. */
export const Id = T.String({ format: 'uuid' })
/** ISO-8601 UTC. */
export const Time = T.String({ format: 'date-time' })

/**
 * The schema or null, as `type: [..., 'null']` where that can be said: the serialiser writes it directly, where it has to
 * run a validator to choose among the branches of a union.
 */
export const Nullable = <S extends TSchema>(schema: S): TUnsafe<Static<S> | null> => {
  const { type } = schema as { type?: unknown }
  return T.Unsafe<Static<S> | null>(
    typeof type === 'string' ? { ...schema, type: [type, 'null'] } : T.Union([schema, T.Null()]),
  )
}

/** `:id` in a path. */
export const IdParams = T.Object({ id: Id }, { additionalProperties: false })

/** A page of a list, newest first unless said otherwise. `next_cursor` is opaque; null on the last page. */
export const Page = <S extends TSchema>(item: S) =>
  T.Object({ items: T.Array(item), next_cursor: Nullable(T.String()) })

/** The query fields that every paged list takes. Spread into its own query object. */
export const PageQuery = {
  cursor: T.Optional(T.String({ minLength: 1, maxLength: 200 })),
  limit: T.Optional(T.Integer({ minimum: 1, maximum: 200, default: 50 })),
}
