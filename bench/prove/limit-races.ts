import { shareInstance } from '#contract/access'
import { createApiToken } from '#contract/api-tokens'
import { getMe, type Me } from '#contract/auth'
import { acceptInvite, inviteMember } from '#contract/invites'
import { createOrganization } from '#contract/organizations'
import { newId } from '#server/ids'
import { testApp, type TestApp } from '#server/testing/app'

const PARALLEL = 50
type Answer = { status: number; json: () => { code?: string } }
type Figure = { rounds: number; requests: number; done: number; refused: number; over: number; other: number }
/** One limit: brings it to one less than full, and then asks for one more, which is refused with `code` when it is full. */
type Race = {
  code: string
  fill: () => Promise<void>
  ask: (i: number) => Promise<Answer>
  /** How much there is, against what there may be. */
  count: () => Promise<{ is: number; max: number }>
}
type Stage = { app: TestApp; token: string; userId: string; orgId: string }

const now = () => new Date().toISOString()
const later = () => new Date(Date.now() + 3600_000).toISOString()

const invites = ({ app, token, userId, orgId }: Stage): Race => {
  const { db } = app.control
  return {
    code: 'invite_limit',
    async fill() {
      await db.deleteFrom('invites').execute()
      const row = { organization_id: orgId, role: 'user' as const, denials: '[]', instances: '[]', invited_by: userId }
      const made = Array.from({ length: 99 }, () => ({
        ...row,
        id: newId(),
        token_hash: newId(),
        created_at: now(),
        expires_at: later(),
      }))
      await db.insertInto('invites').values(made).execute()
    },
    ask: () => app.call(inviteMember, { params: { orgId }, body: {} }, { token }),
    count: async () => ({ is: (await db.selectFrom('invites').select('id').execute()).length, max: 100 }),
  }
}

const apiTokens = ({ app, token, userId, orgId }: Stage): Race => {
  const { db } = app.control
  return {
    code: 'too_many_api_tokens',
    async fill() {
      await db.deleteFrom('api_tokens').execute()
      const row = { user_id: userId, organization_id: orgId, name: 'old', created_at: now() }
      const made = Array.from({ length: 49 }, () => ({ ...row, id: newId(), token_hash: newId() }))
      await db.insertInto('api_tokens').values(made).execute()
    },
    ask: (i) => app.call(createApiToken, { body: { name: `new ${i}` } }, { token }),
    count: async () => ({ is: (await db.selectFrom('api_tokens').select('id').execute()).length, max: 50 }),
  }
}

const organizations = ({ app, token, userId, orgId }: Stage): Race => {
  const { db } = app.control
  const owned = () =>
    db
      .selectFrom('memberships')
      .select('organization_id')
      .where('user_id', '=', userId)
      .where('role', '=', 'owner')
      .execute()
  return {
    code: 'organization_limit',
    async fill() {
      await db.deleteFrom('organizations').where('id', '!=', orgId).execute()
      for (let i = 0; i < 18; i++) {
        const id = newId()
        await db
          .insertInto('organizations')
          .values({ id, name: `o${i}`, slug: id, created_at: now() })
          .execute()
        await db
          .insertInto('memberships')
          .values({ organization_id: id, user_id: userId, role: 'owner', created_at: now() })
          .execute()
      }
    },
    ask: (i) => app.call(createOrganization, { body: { name: `n${i}` } }, { token }),
    count: async () => ({ is: (await owned()).length, max: 20 }),
  }
}

/** People of the organization, or of none, who can act. */
async function crowd({ app }: Stage, role: 'user' | null) {
  const people = []
  for (let i = 0; i < PARALLEL; i++) {
    people.push(await app.addPerson({ email: `${role ?? 'guest'}${i}@crowd.example`, role }))
  }
  return people
}

async function members(stage: Stage): Promise<Race> {
  const { app, token, orgId } = stage
  const { db } = app.control
  const people = await crowd(stage, null)
  const joined = () =>
    db
      .selectFrom('memberships')
      .select('user_id')
      .where('organization_id', '=', orgId)
      .where('role', '=', 'user')
      .execute()
  let link = ''
  return {
    code: 'invite_not_found',
    async fill() {
      await db.deleteFrom('memberships').where('organization_id', '=', orgId).where('role', '=', 'user').execute()
      await db.deleteFrom('invites').execute()
      const answer = await app.call(inviteMember, { params: { orgId }, body: {} }, { token })
      link = (answer.json().link as string).split('#token=')[1] ?? ''
    },
    ask: (i) => app.call(acceptInvite, { params: { token: link } }, { token: people[i]?.token ?? null }),
    count: async () => ({ is: (await joined()).length, max: 1 }),
  }
}

async function shares(stage: Stage): Promise<Race> {
  const { app, token, userId, orgId } = stage
  const { db } = app.control
  const [workload_id, node_id, instance_id] = [newId(), newId(), newId()]
  const made = { organization_id: orgId, created_at: now(), updated_at: now(), created_by: userId }
  await db
    .insertInto('workloads')
    .values({
      ...made,
      id: workload_id,
      name: 'w',
      description: '',
      icon: 'x',
      runtime: 'process',
      version: 1,
      document: '{}',
    })
    .execute()
  await db
    .insertInto('nodes')
    .values({
      id: node_id,
      organization_id: orgId,
      name: 'n',
      token_hash: node_id,
      port_start: 1,
      port_end: 2,
      created_at: now(),
    } as never)
    .execute()
  await db
    .insertInto('instances')
    .values({
      ...made,
      id: instance_id,
      workload_id,
      node_id,
      name: 'i',
      workload_version: 1,
      generation: 1,
      desired_state: 'stopped',
      state: 'stopped',
    } as never)
    .execute()
  await crowd(stage, 'user')
  const old: string[] = []
  for (let i = 0; i < 99; i++) old.push((await app.addPerson({ email: `old${i}@crowd.example`, role: 'user' })).id)
  return {
    code: 'share_limit',
    async fill() {
      await db.deleteFrom('instance_access').execute()
      const row = { instance_id, permissions: '["instances.view"]', created_at: now(), updated_at: now() }
      await db
        .insertInto('instance_access')
        .values(old.map((user_id) => ({ ...row, user_id })))
        .execute()
    },
    ask: (i) =>
      app.call(
        shareInstance,
        { params: { id: instance_id }, body: { email: `user${i}@crowd.example`, permissions: ['instances.view'] } },
        { token },
      ),
    count: async () => ({ is: (await db.selectFrom('instance_access').select('user_id').execute()).length, max: 100 }),
  }
}

const races = { invites, apiTokens, organizations, members, shares }
export type RaceName = keyof typeof races

/** Fifty people ask at once for what there is one left of, again and again, for each limit that people meet. */
export async function proveLimitRaces(rounds: number, say: (line: string) => void = () => {}) {
  const figures: Partial<Record<RaceName, Figure>> = {}
  for (const name of Object.keys(races) as RaceName[]) {
    await using app = await testApp()
    const token = await app.adminToken()
    const me = (await app.call(getMe, {}, { token })).json() as Me
    const race = await races[name]({ app, token, userId: me.id, orgId: me.organization?.id ?? '' })
    const figure: Figure = { rounds, requests: 0, done: 0, refused: 0, over: 0, other: 0 }
    for (let round = 0; round < rounds; round++) {
      await race.fill()
      const answers = await Promise.all(Array.from({ length: PARALLEL }, (_, i) => race.ask(i)))
      for (const answer of answers) {
        figure.requests++
        if (answer.status < 300) figure.done++
        else if (answer.json().code === race.code) figure.refused++
        else figure.other++
      }
      const { is, max } = await race.count()
      if (is > max) figure.over++
    }
    figures[name] = figure
    say(`${name}: ${JSON.stringify(figure)}`)
  }
  return figures
}

if (import.meta.main) {
  const rounds = Number(process.argv[2] ?? 100)
  const figures = await proveLimitRaces(rounds, (line) => process.stdout.write(`${line}\n`))
  const isRight = Object.values(figures).every(({ done, over, other }) => done === rounds && over === 0 && other === 0)
  if (!isRight) process.exitCode = 1
}
