import { type Static, Type as T } from 'typebox'

/** The one error body. `error` is a sentence that says what to do; `code` is stable and is what programs switch on. */
export const Problem = T.Object(
  {
    error: T.String(),
    code: T.String(),
    details: T.Optional(
      T.Array(T.Object({ path: T.String(), message: T.String() }), {
        description: 'On 400: what is wrong, by the path of the offending value.',
      }),
    ),
  },
  { $id: 'Problem' },
)
export type Problem = Static<typeof Problem>
