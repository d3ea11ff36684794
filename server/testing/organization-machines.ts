import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { agentPaths } from '#contract/agent'
import { createApiToken } from '#contract/api-tokens'
import { getInstance } from '#contract/instances'
import { migrateInstances } from '#contract/migrations'
import { updateNode } from '#contract/nodes'
import type { Operation } from '#contract/operation'
import { inviteMember } from '#contract/invites'
import { createCertificate } from '#contract/ssh'
import { sendSupportMessage } from '#contract/support'
import { listSessions } from '#contract/users'
import { newId } from '#server/ids'
import { readHostKeys } from '#server/ssh/host-keys'
import type { TestApp } from './app.ts'
import { fakeAgent, type FakeAgent } from './fake-agent.ts'
import { CONTAINER, someInventory, tellInventory } from './fake-inventory.ts'
import { publicKeyLine } from './ssh-keys.ts'
import { game } from './stage.ts'
import { until } from './until.ts'

/** What a machine of theirs allows: everything. */
export const featuresOf = (mark: string) => ({
  terminal: true,
  host_files: { paths: [`/srv/${mark}`], is_writable: true },
  ssh: {
    port: 22,
    host_keys: readHostKeys([publicKeyLine()]).map(({ line }) => line),
    is_managed: false,
    trusts_ca: true,
    krl_version: null,
    problem: null,
  },
  service: 'systemd' as const,
  is_updatable: true,
})

/** Files, an inventory and an agent that can be updated, all of which bear the name of their organization. */
function answerAs({ answers }: FakeAgent, mark: string): void {
  const told = someInventory()
  told.system.hostname = `${mark}-host`
  for (const process of told.processes) process.command = `/usr/bin/${mark}`
  for (const container of told.containers) container.name = `${mark}-database`
  tellInventory({ answers }, told)
  const facts = { version: '1', size: 1, modified_at: '2026-01-01T00:00:00.000Z', is_writable: true }
  const path = `/srv/${mark}/a`
  answers.set('GET /files', () => ({ status: 200, json: { path: `/srv/${mark}`, items: [], is_truncated: false } }))
  answers.set('GET /files/content', () => ({ status: 200, json: { ...facts, path, content: mark } }))
  answers.set('PUT /files/content', () => ({ status: 200, json: { ...facts, path } }))
  answers.set('GET /files/download', () => ({ status: 200, json: { of: mark } }))
  answers.set('GET /files/upload', () => ({ status: 200, json: { offset: 0 } }))
  answers.set('PUT /files/upload', () => ({ status: 200, json: { offset: 0 } }))
  answers.set('DELETE /files/upload', () => ({ status: 204 }))
  answers.set(`GET ${agentPaths.metrics}`, () => ({ status: 200, json: { of: mark } }))
}

const documentOf = (mark: string) => ({
  apiVersion: 'shardlyn/v1',
  kind: 'Workload',
  metadata: { name: `${mark}-written` },
  spec: game,
})

type Person = { id: string; token: string }
type Made = { id: string }

/** What an organization has on its machines, and what its people hold: each of it with an id that others may try. */
export async function buildOnMachines(
  app: TestApp,
  { mark, id, agent, owner, instance }: { mark: string; id: string; agent: FakeAgent; owner: Person; instance: string },
) {
  const ask = async (op: Operation, input: Parameters<TestApp['call']>[1]) => {
    const answer = await app.call(op, input, { token: owner.token })
    if (answer.status >= 300) throw new Error(`${op.schema.operationId}: ${answer.text}`)
    return answer.json() as unknown
  }
  answerAs(agent, mark)
  await ask(updateNode, { params: { id: agent.nodeId }, body: { labels: { of: mark }, records_terminals: true } })
  const certificate = async (name: string) =>
    (await ask(createCertificate, { body: { public_key: publicKeyLine(), principals: [`${mark}-${name}`] } })) as Made
  const certificates = [await certificate('deploy'), await certificate('backup')]

  // A move that waits for its machine for ever.
  agent.answers.set('POST /instances/:id/export', () => new Promise(() => {}))
  const target = await fakeAgent(app, { name: `${mark}-cellar`, token: owner.token, features: featuresOf(mark) })
  answerAs(target, mark)
  await until(async () => {
    const { state } = (await ask(getInstance, { params: { id: instance } })) as { state: string }
    return state === 'running'
  })
  const { migrations } = (await ask(migrateInstances, {
    params: { id: agent.nodeId },
    body: { target_node_id: target.nodeId, instance_ids: [instance] },
  })) as { migrations: Made[] }

  const folder = join(app.dataDir, 'recordings')
  mkdirSync(folder, { recursive: true })
  const sessions = [newId(), newId()]
  for (const [n, session] of sessions.entries()) {
    const file = n === 0 ? `${session}.cast` : null
    if (file) writeFileSync(join(folder, file), `{"version":2,"width":80,"height":24,"title":"${mark}"}\n`)
    const at = new Date().toISOString()
    app.control.database
      .prepare(
        `insert into terminal_sessions (id, organization_id, node_id, kind, user_id, email, login, started_at, ended_at,
          end_reason, recording_file, recording_bytes) values (?, ?, ?, ?, ?, ?, ?, ?, ?, 'exited', ?, ?)`,
      )
      .run(
        session,
        id,
        agent.nodeId,
        n === 0 ? 'terminal' : 'ssh',
        owner.id,
        `${mark}@example.com`,
        `${mark}-login`,
        at,
        at,
        file,
        file ? 60 : null,
      )
  }

  const token = (await ask(createApiToken, { body: { name: `${mark}-token` } })) as Made
  const invite = (await ask(inviteMember, {
    params: { orgId: id },
    body: { email: `${mark}-guest@example.com` },
  })) as Made
  const message = (await ask(sendSupportMessage, {
    body: { subject: `${mark}-question`, message: `${mark}-help` },
  })) as Made
  // Another than the one that asks, which may be ended without the end of everything.
  await app.auth.openSessionFor(owner.id)
  const signedIn = ((await ask(listSessions, {})) as { items: (Made & { is_current: boolean })[] }).items.filter(
    ({ is_current }) => !is_current,
  )

  const idsOf = (things: readonly Made[]) => things.map((thing) => thing.id)
  const nodes = [agent.nodeId, target.nodeId]
  const fitting: Record<string, string[]> = {
    nodes,
    node_id: nodes,
    target_node_id: nodes,
    certificates: idsOf(certificates),
    migrations: idsOf(migrations),
    sessionId: sessions,
    sessions: idsOf(signedIn),
    'api-tokens': [token.id],
    inviteId: [invite.id],
    'support-messages': [message.id],
  }
  const ids = [
    target.nodeId,
    ...idsOf([...certificates, ...migrations, token, invite, message, ...signedIn]),
    ...sessions,
  ]
  /** What names something of theirs, or says something well formed, without being an id. */
  const texts = [CONTAINER, `/srv/${mark}/a`, publicKeyLine(), 'nginx', 'games', JSON.stringify(documentOf(mark))]
  return { ids, fitting, texts }
}
