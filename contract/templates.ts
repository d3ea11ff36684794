import { type Static, Type as T } from 'typebox'
import type { Operation } from './operation.ts'
import { Nullable, Page, PageQuery } from './page.ts'
import { Problem } from './problem.ts'
import { CheckedDocument } from './workload.ts'

export const templateCategories = ['games', 'web', 'databases', 'generic'] as const

export const Template = T.Object({
  id: T.String({ description: 'The file’s name in resources/templates.' }),
  name: T.String(),
  description: T.Object({ en: T.String(), 'pt-BR': T.String() }),
  category: T.Enum(templateCategories),
  icon: T.String(),
  runtime: T.Union([T.Literal('docker'), T.Literal('process')]),
  memory_bytes: Nullable(T.Number({ description: 'What it asks for by default.' })),
  requires: Nullable(
    T.Object(
      { en: T.String(), 'pt-BR': T.String() },
      { description: 'What the machine must have, such as a Debian package.' },
    ),
  ),
  document: CheckedDocument,
})
export type Template = Static<typeof Template>

const query = T.Object(
  { ...PageQuery, search: T.Optional(T.String({ maxLength: 100 })) },
  { additionalProperties: false },
)

export const listTemplates = {
  method: 'GET',
  url: '/v1/templates',
  auth: 'user',
  permission: 'workloads.view',
  schema: {
    operationId: 'listTemplates',
    summary: 'List deployment templates, by name',
    tags: ['templates'],
    querystring: query,
    response: { 200: Page(Template) },
  },
} as const satisfies Operation

export const listTemplatesByCategory = {
  method: 'GET',
  url: '/v1/templates/:category',
  auth: 'user',
  permission: 'workloads.view',
  schema: {
    operationId: 'listTemplatesByCategory',
    summary: 'List the templates of a category, by name',
    tags: ['templates'],
    params: T.Object({ category: T.String({ maxLength: 40 }) }, { additionalProperties: false }),
    querystring: query,
    response: { 200: Page(Template), 404: Problem },
  },
} as const satisfies Operation
