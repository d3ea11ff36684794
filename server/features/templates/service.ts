import type { Input, Output } from '#contract/operation'
import { type listTemplates, type Template, templateCategories } from '#contract/templates'
import { fromCursor, toCursor } from '#server/db/page'
import { notFound } from '#server/errors'
import type { Log } from '#server/log'
import { readCatalogue } from './catalogue.ts'

type Query = Input<typeof listTemplates>['query']
type TemplatePage = Output<typeof listTemplates>

/** `folder` holds one YAML document a template. Nothing is read before the first question. */
export function createTemplateService({ folder, log }: { folder: string; log: Log }) {
  let catalogue: Promise<Template[]> | undefined

  const readAll = () =>
    readCatalogue(folder, (file, error) => log.error({ err: error, file }, 'a template is left out')).catch(
      (error: unknown) => {
        // Without its folder the gallery is empty; everything else works, and the next question looks again.
        log.error({ err: error, folder }, 'the templates cannot be read')
        catalogue = undefined
        return []
      },
    )
  const all = () => (catalogue ??= readAll())

  function pageOf(templates: Template[], { search, cursor, limit = 50 }: Query): TemplatePage {
    const words = search?.toLocaleLowerCase().trim()
    const found = templates.filter(
      ({ name, description }) =>
        !words || [name, ...Object.values(description)].some((text) => text.toLocaleLowerCase().includes(words)),
    )
    const after = fromCursor(cursor)
    const start = after === undefined ? 0 : found.findIndex(({ id }) => id === after) + 1
    const items = found.slice(start, start + limit)
    const last = items.at(-1)
    return { items, next_cursor: last && start + limit < found.length ? toCursor(last.id) : null }
  }

  return {
    list: async (query: Query): Promise<TemplatePage> => pageOf(await all(), query),
    async listByCategory(category: string, query: Query): Promise<TemplatePage> {
      if (!templateCategories.some((known) => known === category)) {
        throw notFound('category_not_found', `There is no such category. There are ${templateCategories.join(', ')}.`)
      }
      return pageOf(
        (await all()).filter((template) => template.category === category),
        query,
      )
    },
    find: async (id: string): Promise<Template | undefined> => (await all()).find((template) => template.id === id),
  }
}
export type TemplateService = ReturnType<typeof createTemplateService>
