import { expect, test } from 'vitest'
import { getDiagnostics, type DiagnosticsPart, updateSupportSettings } from '#contract/support'
import { updateInstance } from '#contract/instances'
import { updateMailSettings } from '#contract/mail'
import { createLog } from '#server/log'
import { testApp, type TestApp } from '#server/testing/app'
import { game, stage } from '#server/testing/stage'

const names = (parts: readonly DiagnosticsPart[]) => parts.map(({ name }) => name)
const ask = async (app: TestApp, token: string) =>
  ((await app.call(getDiagnostics, {}, { token })).json() as { parts: DiagnosticsPart[] }).parts

test('everybody sees the parts that they may see, and only administrators the installation itself', async () => {
  await using app = await testApp()
  const member = await app.addPerson({ email: 'member@example.com', role: 'user' })
  const nobody = await app.addPerson({ email: 'nobody@example.com', role: null })
  const denied = await app.addPerson({ email: 'denied@example.com', role: 'user', denials: ['nodes.view'] })
  expect(names(await ask(app, await app.adminToken()))).toEqual([
    'versions',
    'system',
    'nodes',
    'instances',
    'jobs',
    'log',
  ])
  expect(names(await ask(app, member.token))).toEqual(['versions', 'system', 'nodes', 'instances'])
  expect(names(await ask(app, nobody.token))).toEqual(['versions', 'system'])
  expect(names(await ask(app, denied.token))).toEqual(['versions', 'system', 'instances'])
  expect(JSON.stringify(await ask(app, member.token))).not.toContain(process.version)
})

test('servers and machines are told of only to those who see them', async () => {
  await using set = await stage()
  const { app, deploy } = set
  await deploy({ name: 'secret-project' })
  const { owner } = await app.addOrganization('Elsewhere')
  const member = await app.addPerson({ email: 'member@example.com', role: 'user' })
  const textOf = async (token: string) => JSON.stringify(await ask(app, token))
  expect(await textOf(await app.adminToken())).toContain('secret-project')
  expect(await textOf(member.token)).not.toContain('secret-project')
  expect(await textOf(owner.token)).not.toMatch(/secret-project|box/)
})

test('none of the secrets that are planted comes out', async () => {
  const lines: string[] = []
  const log = createLog('info', { write: (line) => void lines.push(line) })
  const spec = {
    ...game,
    variables: [...game.variables, { name: 'Licence', env: 'LICENCE', default: 'lemon-tree', secret: true }],
  }
  await using set = await stage({}, spec, { log, config: { logLevel: 'info' } })
  const { app, deploy } = set
  const secrets = {
    instance: 'env-hunter-1',
    variable: 'hunter two',
    plainEnv: 'k9x2m4p7q1z8',
    mail: 'mail-hunter-4',
    helpscout: 'beacon-hunter-5',
    agent: 'agent-hunter-6',
    bearer: 'bearer-hunter-7',
    query: 'query-hunter-8',
    named: 'named-hunter-9',
    url: 'url-hunter-10',
  }
  const { instance } = await deploy({ env: { DB_PASSWORD: secrets.instance, WEBHOOK: secrets.plainEnv } })
  await app.signedIn(updateInstance, {
    params: { id: instance.id },
    body: { variables: { PASSWORD: secrets.variable } },
  })
  await app.signedIn(updateMailSettings, { body: { host: 'mail.example.com', password: secrets.mail } })
  await app.signedIn(updateSupportSettings, { body: { helpscout_secret: secrets.helpscout } })
  for (const text of Object.values(secrets)) log.info({ err: { message: 'it failed', token: text } }, 'x')
  log.warn({ request: `agent_token=${secrets.agent}` }, `Authorization: Bearer ${secrets.bearer}`)
  log.warn(`GET http://example.com/?q=${secrets.query} and postgres://me:${secrets.url}@db/x`)
  log.warn({ note: `{"api_key":"${secrets.named}"}` }, 'refused')
  log.warn(
    `${secrets.mail} ${secrets.helpscout} ${secrets.instance} ${secrets.plainEnv} ${secrets.variable} lemon-tree`,
  )
  await app.control.db
    .insertInto('jobs')
    .values({ name: 'x', next_run_at: '', last_run_at: null, last_error: `password: ${secrets.named}` })
    .execute()
  expect(lines.join('')).toContain(secrets.mail)

  const parts = await ask(app, await app.adminToken())
  const shown = parts.map(({ text }) => text).join('\n')
  expect(names(parts)).toContain('log')
  expect(shown).toContain('refused')
  expect(shown).toContain('DB_PASSWORD')
  const found = [...Object.values(secrets), 'lemon-tree'].filter((secret) => shown.includes(secret))
  expect(found).toEqual([])
})

test('of the log the last 200 lines are kept, and a long one is cut', async () => {
  const log = createLog('info', { write: () => {} })
  await using app = await testApp({ log, config: { logLevel: 'info' } })
  for (let i = 0; i < 450; i++) log.info(`line ${i}`)
  log.info('y'.repeat(100).concat(' ').repeat(100))
  const part = (await ask(app, await app.adminToken())).find(({ name }) => name === 'log')
  const lines = part?.text.trim().split('\n') ?? []
  expect(lines).toHaveLength(200)
  expect(lines[0]).toContain('line 251')
  expect(lines.at(-1)?.length).toBeLessThan(4100)
})
