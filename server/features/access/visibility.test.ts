import { expect, test } from 'vitest'
import { listActivity, listTasks } from '#contract/activity'
import { shareInstance, updateInstanceAccess } from '#contract/access'
import { createApiToken } from '#contract/api-tokens'
import { getMe } from '#contract/auth'
import { clearLogs, downloadLogs, getLogHistory, openConsole } from '#contract/console'
import { openEvents, type ServerEvent } from '#contract/events'
import {
  deleteInstance,
  getInstance,
  getInstanceMetricsHistory,
  getInstanceStats,
  type Instance,
  listInstances,
  restartInstance,
  updateInstance,
} from '#contract/instances'
import { updateNode } from '#contract/nodes'
import type { Operation } from '#contract/operation'
import { setMemberPermission } from '#contract/members'
import { instancePermissions, type Permission } from '#contract/permissions'
import { rawViewer } from '#server/testing/raw-viewer'
import { stage } from '#server/testing/stage'
import { until } from '#server/testing/until'

/** Three servers: one that the user made, one that is shared with them, one that is neither. */
async function scene(rights: { grants?: Permission[]; denials?: Permission[] } = {}) {
  const it = await stage()
  const ids = { own: '', shared: '', hidden: '' }
  for (const name of ['own', 'shared', 'hidden'] as const) ids[name] = await it.running({ name: `${name}-server` })
  const user = await it.app.addPerson({
    email: 'user@team.example',
    role: 'user',
    shares: { [ids.shared]: ['instances.view'] },
    ...rights,
  })
  await it.app.control.db.updateTable('instances').set({ created_by: user.id }).where('id', '=', ids.own).execute()
  const as = (op: Operation, input: object = {}) => it.app.call(op, input, { token: user.token })
  const me = (await it.app.signedIn(getMe)).json()
  const set = (key: Permission, effect: 'grant' | 'deny') =>
    it.app.signedIn(setMemberPermission, {
      params: { orgId: me.organization.id, userId: user.id },
      body: { key, effect },
    })
  return { ...it, ids, user, as, set, [Symbol.asyncDispose]: it[Symbol.asyncDispose] }
}

const perInstance: [string, Operation, object][] = [
  ['read', getInstance, {}],
  ['measured', getInstanceStats, {}],
  ['seen over time', getInstanceMetricsHistory, {}],
  ['restarted', restartInstance, {}],
  ['renamed', updateInstance, { body: { name: 'renamed' } }],
  ['read in its log', getLogHistory, {}],
  ['read in its whole log', downloadLogs, {}],
  ['cleared', clearLogs, {}],
  ['deleted', deleteInstance, { query: { data: 'keep' } }],
]

test('a user lists their own servers and those shared with them', async () => {
  await using it = await scene()
  const names = async () => (await it.as(listInstances)).json().items.map(({ name }: Instance) => name)
  expect(await names()).toEqual(['shared-server', 'own-server'])
  await it.set('instances.view', 'grant')
  expect(await names()).toEqual(['hidden-server', 'shared-server', 'own-server'])
  await it.set('instances.view', 'deny')
  expect(await names()).toEqual(['shared-server'])
})

test.each(perInstance)('a server of others is not %s, and is as if it were not there', async (_, op, input) => {
  await using it = await scene({ grants: ['instances.logs.clear'] })
  const answer = await it.as(op, { params: { id: it.ids.hidden }, ...input })
  expect([answer.status, answer.json().code]).toEqual([404, 'instance_not_found'])
  expect((await it.read(it.ids.hidden)).name).toBe('hidden-server')
})

test('on a shared server one may do what was given and no more', async () => {
  await using it = await scene()
  const said = async () => {
    const answers = []
    for (const [name, op, input] of perInstance) {
      if (op === deleteInstance) continue
      const answer = await it.as(op, { params: { id: it.ids.shared }, ...input })
      if (answer.status === 403) answers.push(name)
    }
    return answers
  }
  expect(await said()).toEqual(['restarted', 'renamed', 'read in its log', 'read in its whole log', 'cleared'])
  await it.app.signedIn(updateInstanceAccess, {
    params: { id: it.ids.shared, userId: it.user.id },
    body: { permissions: instancePermissions },
  })
  expect(await said()).toEqual([])
})

test('a granted right opens all servers of the organization, a denied one closes one’s own', async () => {
  await using it = await scene({ grants: ['instances.view'] })
  const restart = async () => {
    const answers = []
    for (const id of Object.values(it.ids)) answers.push((await it.as(restartInstance, { params: { id } })).status)
    return answers
  }
  expect(await restart()).toEqual([202, 403, 403])
  await it.set('instances.power', 'grant')
  expect(await restart()).toEqual([202, 202, 202])
  await it.set('instances.power', 'deny')
  expect(await restart()).toEqual([403, 403, 403])
})

test('a console opens for one’s own server and not for those of others', async () => {
  await using it = await scene()
  const open = async (id: string) => {
    using viewer = await rawViewer(it.app, id, { token: it.user.token, op: openConsole })
    return viewer.refusedWith() ?? 'open'
  }
  expect([await open(it.ids.own), await open(it.ids.shared), await open(it.ids.hidden)]).toEqual(['open', 403, 404])
  await it.set('instances.console', 'grant')
  expect([await open(it.ids.own), await open(it.ids.shared), await open(it.ids.hidden)]).toEqual(['open', 'open', 404])
})

test('activity and tasks name no server that one does not see', async () => {
  await using it = await scene()
  const subjects = async (op: Operation) => {
    const { items } = (await it.as(op, { query: { limit: 200 } })).json() as { items: { subject_name: string }[] }
    return new Set(items.map(({ subject_name }) => subject_name).filter((name) => name.endsWith('-server')))
  }
  expect(await subjects(listActivity)).toEqual(new Set(['own-server', 'shared-server']))
  expect(await subjects(listTasks)).toEqual(new Set(['own-server', 'shared-server']))
  const about = await it.as(listActivity, { query: { subject_id: it.ids.hidden } })
  expect(about.json().items).toEqual([])
  await it.set('instances.view', 'grant')
  expect(await subjects(listActivity)).toEqual(new Set(['own-server', 'shared-server', 'hidden-server']))
})

test('the stream of events names no server that one does not see, and follows one’s rights', async () => {
  await using it = await scene()
  const { hidden, own, shared } = it.ids
  using viewer = await rawViewer(it.app, '', { token: it.user.token, op: openEvents })
  const events = () => viewer.messages as unknown as ServerEvent[]
  const told = () => JSON.stringify(events())
  const restart = (id: string) => it.app.signedIn(restartInstance, { params: { id } })
  for (const id of [hidden, shared, own]) await restart(id)
  await until(() => told().includes(own) && told().includes(shared))
  expect(told()).not.toContain(hidden)
  expect(told()).not.toContain('hidden-server')

  const body = { email: 'user@team.example', permissions: ['instances.view'] }
  await it.app.signedIn(shareInstance, { params: { id: hidden }, body })
  await until(() => told().includes(hidden))
  expect(events().find(({ subject_id }) => subject_id === hidden)).toMatchObject({ kind: 'instance.access_changed' })
})

test('the stream of events tells of machines only whoever may see them', async () => {
  await using it = await scene({ denials: ['nodes.view'] })
  const { nodeId } = it.agent
  const body = { name: 'reader', scopes: ['workloads.view'] }
  const scoped = (await it.app.signedIn(createApiToken, { body })).json().token as string
  using denied = await rawViewer(it.app, '', { token: it.user.token, op: openEvents })
  using narrow = await rawViewer(it.app, '', { token: scoped, op: openEvents })
  using admin = await rawViewer(it.app, '', { op: openEvents })
  const told = (viewer: typeof admin) => JSON.stringify(viewer.messages)
  for (const viewer of [denied, narrow, admin]) await until(() => told(viewer).includes('hello'))
  it.agent.heartbeat()
  await it.app.signedIn(updateNode, { params: { id: nodeId }, body: { name: 'renamed' } })
  await until(() => told(admin).includes('cpu_percent') && told(admin).includes(nodeId))
  // They hear that lists are old all the same.
  for (const viewer of [denied, narrow]) {
    await until(() => told(viewer).includes('listNodes'))
    expect(told(viewer)).not.toContain(nodeId)
    expect(told(viewer)).not.toContain('cpu_percent')
  }
})
