import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Check } from 'typebox/value'
import { expect, test } from 'vitest'
import { InstanceSpec } from '#contract/agent'
import type { InstancePort } from '#contract/instances'
import { placeholdersIn } from '#contract/placeholders'
import { resolveInstance } from '#contract/resolve'
import { listTemplates, listTemplatesByCategory, type Template } from '#contract/templates'
import type { VariableSpec } from '#contract/workload'
import { checkVariables } from '#contract/workload-check'
import { newId } from '#server/ids'
import { createLog } from '#server/log'
import { testApp } from '#server/testing/app'
import { readCatalogue } from './catalogue.ts'
import { createTemplateService } from './service.ts'

const folder = join(import.meta.dirname, '..', '..', '..', 'resources', 'templates')
const bad: string[] = []
const catalogue = await readCatalogue(folder, (file, error) => void bad.push(`${file}: ${String(error)}`))
const named = catalogue.map((template) => [template.id, template] as const)

/** What a careful person would fill in. */
function answer({ env, rules = {} }: VariableSpec): string {
  if (rules.options?.[0] !== undefined) return rules.options[0]
  return /PASS/.test(env) ? 'correct-horse' : ''
}

const portsOf = ({ document: { spec } }: Template): InstancePort[] =>
  (spec.ports ?? []).flatMap(({ name, containerPort, hostPort, protocol, alsoUdp }, i) => {
    const port = { name, container_port: containerPort, host_port: hostPort ?? 25000 + i }
    if (protocol === 'UDP') return [{ ...port, protocol: 'udp' as const }]
    return alsoUdp
      ? [
          { ...port, protocol: 'tcp' as const },
          { ...port, protocol: 'udp' as const },
        ]
      : [{ ...port, protocol: 'tcp' as const }]
  })

const resolve = (template: Template) => {
  const missing = (template.document.spec.variables ?? []).filter(
    ({ rules, default: value = '' }) => rules?.required && value === '',
  )
  const variables = Object.fromEntries(missing.map((variable) => [variable.env, answer(variable)]))
  expect(checkVariables(template.document.spec.variables ?? [], variables)).toEqual({})
  return resolveInstance({
    document: template.document,
    instance: { id: newId(), generation: 1, name: 'Mine', ports: portsOf(template), variables, env: {}, limits: {} },
    initial_power: 'running',
  })
}

test('every template is valid, and there are enough of each kind', () => {
  expect(bad).toEqual([])
  expect(catalogue.map(({ id }) => id)).toEqual(
    expect.arrayContaining([
      'openttd-native',
      'openttd-container',
      'minecraft-paper',
      'luanti',
      'nginx',
      'postgres',
      'generic-process',
      'generic-container',
    ]),
  )
  expect(catalogue.length).toBeGreaterThanOrEqual(14)
  expect(new Set(catalogue.map(({ name }) => name)).size).toBe(catalogue.length)
})

test.each(named)('%s says what a person must know', (_, template) => {
  const { document, description, icon, memory_bytes } = template
  const { ports = [], variables = [], ready } = document.spec
  expect(Object.values(description).map((text) => text.length > 20 && text.length < 200)).toEqual([true, true])
  expect(description.en).not.toBe(description['pt-BR'])
  expect(readdirSync(join(folder, 'icons'))).toContain(`${icon}.svg`)
  expect(memory_bytes).toBeGreaterThan(0)
  expect(ports.filter(({ primary }) => primary)).toHaveLength(1)
  expect(ready?.log ?? ready?.regex ?? ready?.port).toBeTruthy()
  expect(variables.filter(({ env, secret }) => /PASS/.test(env) !== (secret ?? false))).toEqual([])
})

test.each(named)('%s can be deployed with its defaults and what it asks for', (_, template) => {
  const spec = resolve(template)
  expect(Check(InstanceSpec, { ...spec, id: 'a' }) || Check(InstanceSpec, spec)).toBe(true)
  const texts = [
    ...spec.command,
    ...spec.args,
    ...Object.values(spec.env),
    ...spec.config_files.map(({ content }) => content),
  ]
  expect(texts.flatMap(placeholdersIn)).toEqual([])
  for (const { path, content } of spec.config_files) {
    // With several volumes each has a folder of its own below the data.
    const volumes = spec.volumes.map(({ name }) => name)
    expect(volumes.length < 2 || volumes.includes(path.split('/')[0] ?? '')).toBe(true)
    expect(() => path.endsWith('.json') && JSON.parse(content)).not.toThrow()
  }
})

test('nobody accepts a licence for somebody else', () => {
  const licences = catalogue
    .flatMap(({ document }) => document.spec.variables ?? [])
    .filter(({ env }) => env === 'EULA')
  expect(
    licences.map((variable) => [
      variable.default,
      checkVariables([variable], {}),
      checkVariables([variable], { EULA: 'false' }),
      checkVariables([variable], { EULA: 'true' }),
    ]),
  ).toEqual(Array(licences.length).fill([undefined, { EULA: 'is required' }, { EULA: 'must be true' }, {}]))
  expect(licences).toHaveLength(3)
})

test('pictures are plain drawings: nothing in them runs or is fetched', () => {
  const files = readdirSync(join(folder, 'icons'))
  expect(files).toContain('server.svg')
  for (const file of files) {
    const svg = readFileSync(join(folder, 'icons', file), 'utf8')
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 64 64"/)
    const elements = [...svg.matchAll(/<([a-zA-Z]+)/g)].map(([, name]) => name ?? '')
    expect(elements.filter((name) => !['svg', 'rect', 'path', 'circle', 'ellipse'].includes(name))).toEqual([])
    expect(svg).not.toMatch(/\son\w+=|href|url\(|<!|<\?|style=/)
  }
})

test('templates are listed by name, in pages, and searched in both languages', async () => {
  await using app = await testApp()
  const all = (await app.signedIn(listTemplates, { query: { limit: 200 } })).json()
  expect(all).toEqual({ items: catalogue, next_cursor: null })
  const names = catalogue.map(({ name }) => name)
  expect(names).toEqual(names.toSorted((a, b) => a.localeCompare(b, 'en')))

  const seen: string[] = []
  let cursor: string | undefined
  do {
    const page = (await app.signedIn(listTemplates, { query: { limit: 7, cursor } })).json()
    seen.push(...(page.items as Template[]).map(({ name }) => name))
    cursor = page.next_cursor ?? undefined
  } while (cursor !== undefined)
  expect(seen).toEqual(names)

  const search = async (text: string) =>
    ((await app.signedIn(listTemplates, { query: { search: text } })).json().items as Template[]).map(({ id }) => id)
  expect(await search('OPENTTD')).toEqual(['openttd-native', 'openttd-container'])
  expect(await search('Ferrovias')).toEqual(['openttd-native', 'openttd-container'])
  expect(await search('no such game')).toEqual([])
})

test('a category has its templates, and one that is none is 404', async () => {
  await using app = await testApp()
  const databases = (await app.signedIn(listTemplatesByCategory, { params: { category: 'databases' } })).json()
    .items as Template[]
  expect(databases.map(({ id }) => id)).toEqual(['mariadb', 'postgres', 'redis'])
  const refused = await app.signedIn(listTemplatesByCategory, { params: { category: '__proto__' } })
  expect([refused.status, refused.json().code]).toEqual([404, 'category_not_found'])
})

test('a template that is not valid is left out and logged; text with markup stays text', async () => {
  const odd = mkdtempSync(join(tmpdir(), 'shardlyn-templates-'))
  const lines: string[] = []
  const log = createLog('error', { write: (line) => void lines.push(line) })
  const templates = createTemplateService({ folder: join(odd, 'later'), log })
  expect(await templates.list({})).toEqual({ items: [], next_cursor: null })

  mkdirSync(join(odd, 'later'))
  const good = readFileSync(join(folder, 'nginx.yaml'), 'utf8')
  writeFileSync(join(odd, 'later', 'good.yaml'), good.replace('name: Nginx', 'name: "<img src=x onerror=alert(1)>"'))
  writeFileSync(join(odd, 'later', 'bad.yaml'), good.replace('image:', 'imagine:'))
  writeFileSync(join(odd, 'later', 'broken.yaml'), 'a: [')
  const { items } = await templates.list({})
  expect(items.map(({ id, name }) => [id, name])).toEqual([['good', '<img src=x onerror=alert(1)>']])
  expect(lines.join('')).toContain('spec.imagine: is not a known field')
})
