import fc from 'fast-check'
import { expect, test } from 'vitest'
import { listActivity } from '#contract/activity'
import { rolePermissions } from '#contract/permissions'
import type { WorkloadDocument } from '#contract/workload'
import {
  createWorkload,
  createWorkloadFromTemplate,
  deleteWorkload,
  exportWorkload,
  getWorkload,
  listWorkloads,
  updateWorkload,
  type Workload,
} from '#contract/workloads'
import { systemClock } from '#server/clock'
import type { Caller } from '#server/http/caller'
import { newId } from '#server/ids'
import { testApp, type TestApp } from '#server/testing/app'
import { createWorkloadsService } from './service.ts'

const documentOf = (
  name: string,
  spec: WorkloadDocument['spec'] = { image: 'nginx:1.28' },
  metadata: object = {},
): WorkloadDocument => ({
  apiVersion: 'shardlyn/v1',
  kind: 'Workload',
  metadata: { name, ...metadata },
  spec,
})

const make = async (app: TestApp, document: unknown): Promise<Workload> => {
  const answer = await app.signedIn(createWorkload, { body: { document } })
  expect([answer.status, answer.text]).toEqual([201, expect.any(String)])
  return answer.json() as Workload
}
const names = async (app: TestApp, query: Record<string, unknown> = {}) =>
  ((await app.signedIn(listWorkloads, { query })).json() as { items: Workload[] }).items.map(({ name }) => name)

/** Straight into the database, as deploying would: what counts here is that the workload is in use. */
async function addServer(app: TestApp, { id: workload_id, organization_id, version }: Workload) {
  const now = new Date().toISOString()
  const node_id = newId()
  const name = newId()
  await app.control.db
    .insertInto('nodes')
    .values({
      id: node_id,
      organization_id,
      name,
      token_hash: name,
      port_start: 1,
      port_end: 2,
      created_at: now,
    } as never)
    .execute()
  await app.control.db
    .insertInto('instances')
    .values({
      id: newId(),
      organization_id,
      workload_id,
      workload_version: version,
      node_id,
      name,
      generation: 1,
      desired_state: 'stopped',
      state: 'stopped',
      created_at: now,
      updated_at: now,
    } as never)
    .execute()
}

test('a created workload is answered, listed and got, with what lists need', async () => {
  await using app = await testApp()
  const document = documentOf(
    'Web',
    { image: 'nginx:1.28', ports: [{ name: 'web', containerPort: 80 }] },
    { description: 'A page', category: 'web' },
  )
  const made = await make(app, document)

  expect(made).toEqual({
    id: expect.any(String),
    organization_id: expect.any(String),
    name: 'Web',
    description: 'A page',
    category: 'web',
    icon: 'nginx',
    runtime: 'docker',
    image: 'nginx:1.28',
    version: 1,
    document,
    instance_count: 0,
    rights: ['workloads.update', 'workloads.delete'],
    created_by: expect.any(String),
    created_at: expect.any(String),
    updated_at: expect.any(String),
  })
  expect((await app.signedIn(listWorkloads)).json()).toEqual({ items: [made], next_cursor: null })
  expect((await app.signedIn(getWorkload, { params: { id: made.id } })).json()).toEqual(made)
})

test('YAML and JSON texts are taken as well as documents', async () => {
  await using app = await testApp()
  const yaml =
    'apiVersion: shardlyn/v1\nkind: Workload\nmetadata:\n  name: From YAML\nspec:\n  image: nginx\n  env:\n    A: "1"\n'
  const answers = [
    await app.signedIn(createWorkload, { body: { source: yaml } }),
    await app.signedIn(createWorkload, { body: { source: JSON.stringify(documentOf('From JSON')) } }),
  ]
  expect(answers.map(({ status }) => status)).toEqual([201, 201])
  expect(answers[0]?.json()).toMatchObject({ name: 'From YAML', document: { spec: { env: { A: '1' } } } })
})

test.each([
  [
    'a document with mistakes',
    { document: { ...documentOf('a', {}), kind: 'Pod' } },
    'invalid_workload',
    [
      { path: 'kind', message: 'must be Workload' },
      { path: 'spec.image', message: 'is missing; the docker runtime needs an image' },
    ],
  ],
  [
    'a text with mistakes',
    { source: 'apiVersion: shardlyn/v1\nkind: Workload\nmetadata: {}\nspec: {image: x}' },
    'invalid_workload',
    [{ path: 'metadata.name', message: 'is missing (line 3)' }],
  ],
  ['a text that is no YAML', { source: 'a: [' }, 'invalid_workload', [{ path: 'line 1', message: expect.any(String) }]],
  [
    'a key twice',
    { source: 'kind: a\nkind: b' },
    'invalid_workload',
    [{ path: 'line 2', message: 'The key kind is there twice.' }],
  ],
  ['neither', {}, 'invalid_request', expect.any(Array)],
  ['both', { document: documentOf('a'), source: 'a' }, 'invalid_request', expect.any(Array)],
])('refuses %s, naming the place', async (_, body, code, details) => {
  await using app = await testApp()
  const answer = await app.signedIn(createWorkload, { body })
  expect([answer.status, answer.json().code, answer.json().details]).toEqual([400, code, details])
})

test('a name is taken once in an organization, and the refusal names a free one', async () => {
  await using app = await testApp()
  const first = await make(app, documentOf('Web'))
  const second = await make(app, documentOf('Other'))
  const answers = [
    await app.signedIn(createWorkload, { body: { document: documentOf('Web') } }),
    await app.signedIn(updateWorkload, { params: { id: second.id }, body: { document: documentOf('Web') } }),
  ]
  expect(answers.map(({ status, json }) => [status, json().code, json().error])).toEqual(
    Array(2).fill([
      409,
      'workload_name_taken',
      'There is a workload named Web already. Choose another name; Web 2 is free.',
    ]),
  )
  expect((await app.signedIn(getWorkload, { params: { id: second.id } })).json()).toEqual(second)
  expect(
    (
      await app.signedIn(updateWorkload, {
        params: { id: first.id },
        body: { document: documentOf('Web', { image: 'caddy' }) },
      })
    ).status,
  ).toBe(200)
})

test('each change is a version; what changes nothing is none', async () => {
  await using app = await testApp()
  const made = await make(app, documentOf('Web'))
  const put = async (document: unknown) =>
    (await app.signedIn(updateWorkload, { params: { id: made.id }, body: { document } })).json() as Workload
  const { spec, ...rest } = documentOf('Web')

  expect((await put({ spec, ...rest })).version).toBe(1)
  expect(await put(documentOf('Site', { image: 'caddy:2' }, { category: 'web' }))).toMatchObject({
    version: 2,
    name: 'Site',
    icon: 'caddy',
    category: 'web',
  })
  expect((await put(documentOf('Site', { image: 'caddy:3' }))).version).toBe(3)

  const versions = await app.control.db
    .selectFrom('workload_versions')
    .select(['version', 'document'])
    .orderBy('version')
    .execute()
  expect(
    versions.map(({ version, document }) => [version, (JSON.parse(document) as WorkloadDocument).spec.image]),
  ).toEqual([
    [1, 'nginx:1.28'],
    [2, 'caddy:2'],
    [3, 'caddy:3'],
  ])
  expect((await app.signedIn(listActivity, { query: { subject_id: made.id } })).json().items).toMatchObject([
    { action: 'workload.updated', subject_name: 'Site' },
    { action: 'workload.updated' },
    { action: 'workload.created', subject_name: 'Web', actor_name: 'admin@example.com' },
  ])
})

test('clients hear of a change after it, and of nothing where nothing changed', async () => {
  await using app = await testApp()
  const { organization_id } = await make(app, documentOf('Other'))
  const heard: unknown[] = []
  const service = createWorkloadsService({
    db: app.control.db,
    clock: systemClock,
    audit: async () => {},
    findTemplate: async () => undefined,
    publish: ({ kind, stale = [] }) =>
      void heard.push([
        kind,
        ...stale.map((result) => ('operation' in result ? result.operation : result).schema.operationId),
      ]),
  })
  const caller: Caller = {
    user_id: newId(),
    email: 'a@example.com',
    session_id: newId(),
    platform_role: 'user',
    organization_id,
    role: 'owner',
    credential: 'session',
    permissions: new Set(rolePermissions.owner),
    everywhere: new Set(rolePermissions.owner),
    own: new Set(),
    shared: new Map(),
    is_scoped: false,
    must_enroll_mfa: false,
    ip: '127.0.0.1',
  }
  const { id } = await service.create(caller, { document: documentOf('Web') })
  await service.update(caller, id, { document: documentOf('Web') })
  await service.update(caller, id, { document: documentOf('Web', { image: 'caddy' }) })
  await service.update(caller, id, { document: documentOf('Site', { image: 'caddy' }) })
  await expect(service.update(caller, id, { document: documentOf('Other') })).rejects.toMatchObject({
    code: 'workload_name_taken',
  })
  await service.remove(caller, id)

  expect(heard).toEqual([
    ['workload.created', 'listWorkloads'],
    ['workload.updated', 'listWorkloads', 'getWorkload'],
    ['workload.updated', 'listWorkloads', 'getWorkload', 'listInstances'],
    ['workload.deleted', 'listWorkloads', 'getWorkload'],
  ])
})

test('two changes at once make two versions', async () => {
  await using app = await testApp()
  const made = await make(app, documentOf('Web'))
  await Promise.all(
    ['a', 'b', 'c'].map((image) =>
      app.signedIn(updateWorkload, { params: { id: made.id }, body: { document: documentOf('Web', { image }) } }),
    ),
  )
  expect((await app.signedIn(getWorkload, { params: { id: made.id } })).json().version).toBe(4)
})

test('a workload in use is not deleted, and the refusal says how many use it', async () => {
  await using app = await testApp()
  const made = await make(app, documentOf('Web'))
  await addServer(app, made)
  await addServer(app, made)
  const refused = await app.signedIn(deleteWorkload, { params: { id: made.id } })
  expect([refused.status, refused.json()]).toEqual([
    409,
    { code: 'workload_in_use', error: '2 servers use Web. Delete them first.' },
  ])
  expect((await app.signedIn(listWorkloads)).json().items[0].instance_count).toBe(2)

  await app.control.db.deleteFrom('instances').execute()
  expect((await app.signedIn(deleteWorkload, { params: { id: made.id } })).status).toBe(204)
  expect((await app.signedIn(getWorkload, { params: { id: made.id } })).status).toBe(404)
})

test('a workload of another organization does not exist', async () => {
  await using app = await testApp()
  const { id } = await make(app, documentOf('Web'))
  const { owner } = await app.addOrganization('Other')
  const calls = [
    [getWorkload, {}],
    [deleteWorkload, {}],
    [exportWorkload, {}],
    [updateWorkload, { body: { document: documentOf('Web') } }],
  ] as const
  for (const [operation, input] of calls) {
    const answer = await app.call(operation, { params: { id }, ...input }, { token: owner.token })
    expect([answer.status, answer.json().code]).toEqual([404, 'workload_not_found'])
  }
  expect((await app.call(listWorkloads, {}, { token: owner.token })).json().items).toEqual([])
  expect(
    (await app.call(createWorkload, { body: { document: documentOf('Web') } }, { token: owner.token })).status,
  ).toBe(201)
})

test('lists are paged, newest first, and filtered', async () => {
  await using app = await testApp()
  await make(app, documentOf('Alpha', { image: 'a' }, { category: 'web', description: '100% café' }))
  await make(app, documentOf('Beta', { runtime: 'process', command: ['b'] }, { category: 'games' }))
  await make(app, documentOf('Gamma', { image: 'c' }, { category: 'games' }))

  expect(await names(app)).toEqual(['Gamma', 'Beta', 'Alpha'])
  expect(await names(app, { search: 'BET' })).toEqual(['Beta'])
  expect(await names(app, { search: 'café' })).toEqual(['Alpha'])
  expect(await names(app, { search: '100%' })).toEqual(['Alpha'])
  expect(await names(app, { search: '%' })).toEqual(['Alpha'])
  expect(await names(app, { search: '_' })).toEqual([])
  expect(await names(app, { category: 'games' })).toEqual(['Gamma', 'Beta'])
  expect(await names(app, { category: 'games', runtime: 'docker' })).toEqual(['Gamma'])
  const page = (await app.signedIn(listWorkloads, { query: { limit: 2 } })).json()
  expect(await names(app, { limit: 2, cursor: page.next_cursor })).toEqual(['Alpha'])
})

test.each(['yaml', 'json'] as const)('a workload exported as %s and imported again is the same', async (format) => {
  await using app = await testApp()
  const texts = ['yes', '1e3', ' x', 'a: b # c', 'l1\nl2\n', '{{A}}', '<b>"\'&', '']
  const spec = {
    image: 'nginx',
    env: Object.fromEntries(texts.map((text, i) => [`V${i}`, text])),
    variables: [{ name: 'a', env: 'A', default: '0' }],
    configFiles: [{ path: 'a.cfg', content: texts.join('\n') }],
  }
  const made = await make(app, documentOf('Ünder the "sea"', spec))

  const file = await app.signedIn(exportWorkload, { params: { id: made.id }, query: { format } })
  expect(file.headers['content-disposition']).toBe(`attachment; filename="under-the-sea.${format}"`)
  expect(file.headers['content-type']).toBe(`application/${format}; charset=utf-8`)
  const again = await app.signedIn(updateWorkload, { params: { id: made.id }, body: { source: file.text } })
  expect([again.status, again.json().version, again.json().document]).toEqual([200, 1, made.document])
})

test('export is YAML where nothing is said', async () => {
  await using app = await testApp()
  const { id } = await make(app, documentOf('Web'))
  expect((await app.signedIn(exportWorkload, { params: { id } })).text).toBe(
    'apiVersion: shardlyn/v1\nkind: Workload\nmetadata:\n  name: Web\nspec:\n  image: nginx:1.28\n',
  )
})

test('a template becomes a workload under its own name, a numbered one, or the one that was asked for', async () => {
  await using app = await testApp()
  const from = (body: object) => app.signedIn(createWorkloadFromTemplate, { body })
  const made = [
    await from({ template_id: 'nginx' }),
    await from({ template_id: 'nginx' }),
    await from({ template_id: 'nginx', name: 'My site' }),
  ]
  expect(made.map(({ status, json }) => [status, json().name])).toEqual([
    [201, 'Nginx'],
    [201, 'Nginx 2'],
    [201, 'My site'],
  ])
  const { document, description } = (made[0]?.json() ?? {}) as Workload
  expect(description.length).toBeGreaterThan(10)
  expect(document.metadata).toMatchObject({
    name: 'Nginx',
    description,
    annotations: { 'shardlyn.com/template': 'nginx' },
  })
  expect(Object.keys(document.metadata.annotations ?? {})).not.toContain('shardlyn.com/description')

  const taken = await from({ template_id: 'nginx', name: 'My site' })
  expect([taken.status, taken.json().error]).toEqual([
    409,
    'There is a workload named My site already. Choose another name; My site 2 is free.',
  ])
  expect((await from({ template_id: 'nginx', name: 'two\nlines' })).status).toBe(400)
  expect((await from({ template_id: '../../etc/passwd' })).json().code).toBe('template_not_found')
})

test('whatever the document, the answer is 201 or 400', async () => {
  await using app = await testApp()
  await app.adminToken()
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.jsonValue(),
        fc.record({
          apiVersion: fc.constant('shardlyn/v1'),
          kind: fc.constant('Workload'),
          metadata: fc.record({ name: fc.uuid() }),
          spec: fc.dictionary(fc.constantFrom('image', 'env', 'args', 'ports', 'x'), fc.jsonValue()),
        }),
      ),
      async (document) => {
        const { status } = await app.signedIn(createWorkload, { body: { document } })
        expect([201, 400]).toContain(status)
      },
    ),
    { numRuns: 60 },
  )
})

test('a workload says what its reader may do with it: change one of their own, and look at another’s', async () => {
  await using app = await testApp()
  const theirs = await make(app, documentOf('Theirs'))
  const { token } = await app.addPerson({ email: 'user@example.com', role: 'user' })
  const granted = await app.addPerson({ email: 'granted@example.com', role: 'user', grants: ['workloads.update'] })
  const own = (await app.call(createWorkload, { body: { document: documentOf('Own') } }, { token })).json()

  const { items } = (await app.call(listWorkloads, {}, { token })).json()
  expect(items).toMatchObject([
    { id: own.id, rights: ['workloads.update', 'workloads.delete'] },
    { id: theirs.id, rights: [] },
  ])
  const seen = await app.call(getWorkload, { params: { id: theirs.id } }, { token: granted.token })
  expect(seen.json().rights).toEqual(['workloads.update'])
})
