import { expect, test } from 'vitest'
import { operations } from './all.ts'

type Node = { [key: string]: unknown }
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null

/** Paths of objects that take fields which nobody has named. A map from any name says what its values are. */
function openObjects(schema: unknown, path: string): string[] {
  if (!isNode(schema)) return []
  const isOpen = isNode(schema['properties']) && schema['additionalProperties'] === undefined
  return [
    ...(isOpen ? [path] : []),
    ...Object.entries(schema).flatMap(([key, value]) => openObjects(value, `${path}.${key}`)),
  ]
}

test.each(operations.map((op) => [op.schema.operationId, op.schema] as const))(
  '%s takes no field that it does not name, at any depth',
  (_, { params, querystring, body }) => {
    expect(openObjects({ params, querystring, body }, 'input')).toEqual([])
  },
)
