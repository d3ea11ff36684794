import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { type Template, templateCategories } from '#contract/templates'
import { checkWorkload, parseMemory } from '#contract/workload-check'

const DESCRIPTION = 'shardlyn.com/description'
const REQUIRES = 'shardlyn.com/requires'

/** Reads one template; throws an error that says what is wrong with it. */
function readTemplate(id: string, text: string): Template {
  const checked = checkWorkload(parse(text, { version: '1.2', schema: 'core' }))
  if ('problems' in checked) {
    throw new Error(checked.problems.map(({ path, message }) => `${path}: ${message}`).join('\n'))
  }
  const { document } = checked
  const { name, annotations = {}, category: wanted } = document.metadata
  const category = templateCategories.find((known) => known === wanted)
  if (!category) throw new Error(`metadata.category: must be one of ${templateCategories.join(', ')}`)
  const [en, ptBr] = [annotations[DESCRIPTION], annotations[`${DESCRIPTION}.pt-BR`]]
  if (!en || !ptBr) throw new Error(`metadata.annotations: needs ${DESCRIPTION} and ${DESCRIPTION}.pt-BR`)
  const [needs, needsPtBr] = [annotations[REQUIRES], annotations[`${REQUIRES}.pt-BR`]]
  if (!needs !== !needsPtBr) {
    throw new Error(`metadata.annotations: needs both ${REQUIRES} and ${REQUIRES}.pt-BR, or neither`)
  }
  const { limits, requests } = document.spec.resources ?? {}
  const memory = limits?.memory ?? requests?.memory
  return {
    id,
    name,
    description: { en, 'pt-BR': ptBr },
    category,
    icon: document.spec.icon ?? 'server',
    runtime: document.spec.runtime ?? 'docker',
    memory_bytes: memory === undefined ? null : parseMemory(memory),
    requires: needs && needsPtBr ? { en: needs, 'pt-BR': needsPtBr } : null,
    document,
  }
}

/** Every template of a folder, by name; `onBad` hears of those that are left out. */
export async function readCatalogue(
  folder: string,
  onBad: (file: string, error: unknown) => void,
): Promise<Template[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.yaml'))
  const read = await Promise.all(
    files.map(async (file) => {
      try {
        return [readTemplate(file.slice(0, -'.yaml'.length), await readFile(join(folder, file), 'utf8'))]
      } catch (error) {
        onBad(file, error)
        return []
      }
    }),
  )
  return read.flat().toSorted((a, b) => a.name.localeCompare(b.name, 'en') || (a.id < b.id ? -1 : 1))
}
