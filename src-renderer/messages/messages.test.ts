import { describe, expect, test } from 'vitest'
import { permissions } from '#contract/permissions'
import { earlyWords, type LateWords, lateWords } from './all.ts'

const sources: Record<string, string> = import.meta.glob('../**/*.{ts,tsx}', {
  query: '?raw',
  import: 'default',
  eager: true,
})
const isShipped = (path: string) => !path.includes('.test.') && !path.includes('/testing/')
const spoken = Object.entries(sources).filter(([path]) => isShipped(path) && !path.startsWith('./'))

const late = await Promise.all(
  Object.entries(lateWords).map(async ([feature, load]) => [feature, await load()] as const),
)
const features: Record<string, { en: object; 'pt-BR': object }> = { ...earlyWords, ...Object.fromEntries(late) }

/** Leaves of a catalogue by their whole key. */
function leaves(words: object, prefix: string): [string, string][] {
  return Object.entries(words).flatMap(([key, value]: [string, string | object]) =>
    typeof value === 'string' ? [[`${prefix}.${key}`, value] as [string, string]] : leaves(value, `${prefix}.${key}`),
  )
}
/** `{{error}}` is the server’s English sentence, which another language says in words of its own. */
const placeholders = (text: string) =>
  [...text.matchAll(/\{\{\w+\}\}|<\/?\w+>/g)]
    .map(([found]) => found)
    .filter((found) => found !== '{{error}}')
    .sort()
const bare = (key: string) => key.replace(/_(?:zero|one|two|few|many|other)$/, '')

/** Keys that the code names whole, and beginnings of keys that it completes while it runs. */
const quoted = new Set<string>()
const begun = new Set<string>()
for (const [, source] of spoken) {
  for (const [, key] of source.matchAll(/['"`]([a-zA-Z]+(?:\.[\w-]+)+)['"`]/g)) if (key) quoted.add(key)
  for (const [, start] of source.matchAll(/`([a-zA-Z]+\.[\w.-]*)\$\{/g)) if (start) begun.add(start)
}

describe.each(Object.keys(features))('the words of %s', (feature) => {
  const words = features[feature] ?? { en: {}, 'pt-BR': {} }
  const english = leaves(words.en, feature)
  const portuguese = new Map(leaves(words['pt-BR'], feature))

  test('are there in both languages, with the same places to fill', () => {
    expect([...portuguese.keys()].sort()).toEqual(english.map(([key]) => key).sort())
    const uneven = english.filter(
      ([key, text]) => placeholders(text).join() !== placeholders(portuguese.get(key) ?? '').join(),
    )
    expect(uneven).toEqual([])
  })

  test('are never empty, and never shout or boast', () => {
    const all = [...english, ...portuguese]
    expect(all.filter(([, text]) => text.trim() === '' || text !== text.trim())).toEqual([])
    expect(all.filter(([, text]) => /!|successfully|com sucesso/i.test(text))).toEqual([])
  })

  test('count in pairs of one and other', () => {
    const keys = new Set(english.map(([key]) => key))
    expect([...keys].filter((key) => key.endsWith('_one') && !keys.has(key.replace(/_one$/, '_other')))).toEqual([])
  })

  test('are all spoken somewhere', () => {
    const unused = english
      .map(([key]) => bare(key))
      .filter((key) => !quoted.has(key) && ![...begun].some((start) => key.startsWith(start)))
    expect([...new Set(unused)]).toEqual([])
  })
})

test('every key that the code names is in the catalogue', () => {
  const known = new Set(
    Object.entries(features).flatMap(([feature, { en }]) => leaves(en, feature).map(([key]) => bare(key))),
  )
  const isBranch = (key: string) => [...known].some((leaf) => leaf.startsWith(`${key}.`))
  const missing = [...quoted].filter(
    (key) => key.split('.')[0]! in features && !/\.tsx?$/.test(key) && !known.has(key) && !isBranch(key),
  )
  // Names of events and of commands look like keys and are none.
  expect(
    missing.filter((key) =>
      spoken.some(([, source]) => new RegExp(`\\b(?:t|i18nKey)[=(]{1,2}['"\`]${key}`).test(source)),
    ),
  ).toEqual([])
})

const resolve = (from: string, to: string) => {
  const parts = [...from.split('/').slice(0, -1), ...to.split('/')]
  const path: string[] = []
  for (const part of parts) {
    if (part === '..' && path.length > 0 && path.at(-1) !== '..') path.pop()
    else if (part !== '.') path.push(part)
  }
  return path.join('/')
}

/** Every file that a page brings with it, late ones included: they speak the same words. */
function reach(path: string, seen = new Set<string>()): Set<string> {
  if (seen.has(path) || sources[path] === undefined) return seen
  seen.add(path)
  for (const [, to] of sources[path].matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)) {
    if (to) reach(resolve(path, to), seen)
  }
  return seen
}

const router = Object.entries(sources)
  .filter(([path]) => path.startsWith('../app/routes-'))
  .map(([, source]) => source)
  .join('\n')
const pages = [...router.matchAll(/page\(\s*\(\) => import\('([^']+)'\),\s*'(\w+)',?([^)]*)\)/g)].map(
  ([, file = '', name = '', words = '']) => ({
    name,
    path: resolve('../app/routes.tsx', file),
    words: [...words.matchAll(/'(\w+)'/g)].map(([, word]) => word as LateWords),
  }),
)

test.each(pages)('$name is opened with every word that it speaks, and no other', ({ path, words }) => {
  const files = [...reach(path)].filter((file) => !file.startsWith('../messages/') && !file.startsWith('../app/'))
  const needed = (Object.keys(lateWords) as LateWords[]).filter((feature) =>
    files.some((file) =>
      [
        ...(sources[file] ?? '').matchAll(
          new RegExp(`(?:\\bt\\(|i18nKey=|[?:(,] )[\`'"\\w\\s?]*[\`'"](${feature}\\.[\\w.]*)`, 'g'),
        ),
      ]
        // The key of a right looks like one of the catalogue.
        .some(([, key = '']) => !(key in permissions)),
    ),
  )
  expect([...words].sort()).toEqual(needed.sort())
})

test('the pages of the router are known to this test', () => {
  expect(pages).toHaveLength(router.match(/\bpage\(\s*\(\)/g)?.length ?? -1)
})
