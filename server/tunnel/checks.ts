import ajvCompiler from '@fastify/ajv-compiler'
import type { Static, TSchema } from 'typebox'

type Check = (value: unknown) => boolean
type Compile = (definition: { schema: TSchema }) => Check

let compile: Compile | undefined
const compiled = new WeakMap<TSchema, Check>()

/** Whether what an agent sent has the shape of `schema`. Compiled at first use, and never changes the value. */
export function fits<S extends TSchema>(schema: S, value: unknown): value is Static<S> {
  let check = compiled.get(schema)
  if (!check) {
    compile ??= (ajvCompiler() as unknown as (external: object, options: object) => Compile)(
      {},
      { customOptions: { coerceTypes: false, useDefaults: false, removeAdditional: false, allErrors: false } },
    )
    check = compile({ schema })
    compiled.set(schema, check)
  }
  return check(value)
}
