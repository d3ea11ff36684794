import type { Template } from '#contract/templates'

const fold = (text: string) =>
  text
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase()

/** Whether every word of the search occurs somewhere in the texts, whatever its case and accents. */
export function matches(search: string, ...texts: readonly string[]): boolean {
  const within = fold(texts.join('\n'))
  return fold(search)
    .split(/\s+/)
    .every((word) => within.includes(word))
}

/** What the machine must have, in the language of the reader. */
export const requirementOf = ({ requires }: Template, language: string): string | undefined =>
  requires?.[language === 'pt-BR' ? 'pt-BR' : 'en']

export const descriptionOf = ({ description }: Template, language: string): string =>
  language === 'pt-BR' ? description['pt-BR'] : description.en

/** Both languages are searched: who reads Portuguese may well look for "server". */
export const templateMatches = (template: Template, search: string): boolean =>
  matches(search, template.name, template.id, template.category, template.description.en, template.description['pt-BR'])
