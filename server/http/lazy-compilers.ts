import ajvCompiler from '@fastify/ajv-compiler'
import serializerCompiler from '@fastify/fast-json-stringify-compiler'

type Compiled = ((data: unknown) => unknown) & { errors?: unknown }
type Definition = { httpPart?: string }
type Factory = (externalSchemas: unknown, options: unknown) => (definition: Definition) => Compiled

type AjvOptions = { customOptions?: Record<string, unknown> }

const withOptions = (options: unknown, custom: Record<string, unknown>): AjvOptions => {
  const given = (options ?? {}) as AjvOptions
  return { ...given, customOptions: { ...given.customOptions, ...custom } }
}

/** Text such as 1e999 is turned into a number without end, to which Ajv then applies no limit: none is a number here. */
function finite(compiled: Compiled): Compiled {
  const checked: Compiled = (data) => {
    if (!compiled(data)) {
      checked.errors = compiled.errors
      return false
    }
    const endless = Object.entries((data ?? {}) as object).find(
      ([, value]) => typeof value === 'number' && !Number.isFinite(value),
    )
    checked.errors = endless && [{ instancePath: `/${endless[0]}`, message: 'must be a number' }]
    return !endless
  }
  return checked
}

/** Query, path and headers arrive as text and are turned into what the schema says; JSON bodies must already be it. */
const validators: Factory = (externalSchemas, options) => {
  const make = ajvCompiler() as unknown as Factory
  const text = make(
    externalSchemas,
    withOptions(options, { removeAdditional: false, allErrors: false, coerceTypes: 'array' }),
  )
  const body = make(
    externalSchemas,
    withOptions(options, { removeAdditional: false, allErrors: true, coerceTypes: false }),
  )
  return (definition) => (definition.httpPart === 'body' ? body(definition) : finite(text(definition)))
}

/** Compiles each schema on its first request, which takes most of half a second off the start of 220 operations. */
const lazy =
  (factory: Factory, use: (compiled: Compiled, data: unknown) => unknown): Factory =>
  (externalSchemas, options) => {
    const compile = factory(externalSchemas, options)
    return (definition) => {
      let compiled: Compiled | undefined
      return (data) => use((compiled ??= compile(definition)), data)
    }
  }

const check = (compiled: Compiled, data: unknown) => compiled(data) || { error: compiled.errors }
const stringify = serializerCompiler() as unknown as Factory

export const lazyCompilers = {
  buildValidator: lazy(validators, check),
  buildSerializer: lazy(stringify, (serialize, data) => serialize(data)),
}

/** Compiles everything at once, so that a test sees a schema that does not compile. */
export const eagerCompilers = {
  buildValidator: ((external, options) => {
    const compile = validators(external, options)
    return (definition) => {
      const compiled = compile(definition)
      return (data) => check(compiled, data)
    }
  }) satisfies Factory,
  buildSerializer: stringify,
}
