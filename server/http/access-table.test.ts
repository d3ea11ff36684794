import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { operations } from '#contract/all'
import { createApiToken } from '#contract/api-tokens'
import type { Operation } from '#contract/operation'
import { suspendUser } from '#contract/users'
import { grantsFor, identities, type Identity, isPersonal, rowOf, writeAccessTable } from '#server/testing/access-table'
import { recipes } from '#server/testing/recipes'
import { type Person, setting, type Setting } from '#server/testing/recipes/setting'

const personal = operations.filter(({ auth }) => auth === 'user' || auth === 'admin')
const rest = operations.filter((op) => !personal.includes(op))
const named = (list: readonly Operation[]) => list.map((op) => [op.schema.operationId, op] as const)

/** With the administrator's password, for whoever has none may not remove the only other way in. */
function withPassword(it: Setting, person: Person): Person {
  const copy = `update users set password_hash = (select password_hash from users where id = ?) where id = ?`
  it.app.control.database.prepare(copy).run(it.caller.id, person.id)
  return person
}

/** Somebody of each kind, with a token; nobody has none. */
async function become(it: Setting, identity: Identity, op: Operation): Promise<Person | undefined> {
  const email = `the-${identity}@example.com`
  const member = async (role: 'user' | 'admin', more: object = {}) => {
    const person = { email, ...(await it.app.addPerson({ email, role, ...more })) }
    return withPassword(it, person)
  }
  switch (identity) {
    case 'nobody':
      return undefined
    case 'stranger': {
      const { owner } = await it.app.addOrganization('Elsewhere')
      return withPassword(it, { email, ...owner })
    }
    case 'suspended': {
      const person = await member('user')
      await it.app.signedIn(suspendUser, { params: { id: person.id } })
      return person
    }
    case 'user':
      return member('user')
    case 'granted':
      return member('user', { grants: grantsFor(op) })
    case 'denied':
      return member('user', { denials: grantsFor(op).slice(0, 1) })
    case 'admin':
      return member('admin')
    case 'platform':
      return { ...it.caller }
    case 'token': {
      const scopes = [op.permission === 'nodes.view' ? 'workloads.view' : 'nodes.view']
      const made = await it.app.signedIn(createApiToken, { body: { name: 'scoped', scopes } })
      return { ...it.caller, token: made.json().token }
    }
  }
}

/** Sockets are asked for without one being there: who may open it is told that this is no upgrade. */
const statusOf = ({ status, json }: { status: number; json: () => { code?: string } }) =>
  status === 400 && json().code === 'upgrade_required' ? 101 : status

async function ask(it: Setting, op: Operation, identity: Identity): Promise<number> {
  const recipe = recipes[op.schema.operationId]
  if (!recipe) throw new Error(`There is no recipe for ${op.schema.operationId} in server/testing/recipes.`)
  const owner = { ...it.caller }
  const person = await become(it, identity, op)
  const isOwnAffair = isPersonal(op) && person !== undefined && identity !== 'suspended' && identity !== 'token'
  if (isOwnAffair) Object.assign(it.caller, person)
  const { token: own, ...input } = await recipe(it)
  Object.assign(it.caller, owner)
  const token = identity === 'platform' ? (own ?? owner.token) : (person?.token ?? null)
  return statusOf(await it.app.call(op, input, { token }))
}

test('docs/access.md has a row for every operation, and says what the contract says', () => {
  const committed = readFileSync(new URL('../../docs/access.md', import.meta.url), 'utf8')
  expect(committed, 'run npm run access, and read what changed').toBe(writeAccessTable(operations))
})

test.each(named(personal))('%s answers everybody as the table says', async (_, op) => {
  const expected = rowOf(op)
  const answered: Partial<Record<Identity, number>> = {}
  await using shared = await setting()
  for (const [identity] of identities) {
    // What is refused or only read leaves the same ground for the next.
    if (op.method === 'GET' || (Number(expected[identity]) >= 400 && !isPersonal(op))) {
      answered[identity] = await ask(shared, op, identity)
      continue
    }
    await using it = await setting()
    answered[identity] = await ask(it, op, identity)
  }
  expect(answered).toEqual(expected)
})

test.each(named(rest))('%s does not care who is signed in', async (_, op) => {
  await using it = await setting()
  const params = Object.fromEntries([...op.url.matchAll(/:(\w+)/g)].map(([, name]) => [name, 'x']))
  const input = { params, ...(op.schema.body && { body: {} }) }
  const asNobody = await it.app.call(op, input)
  const asOwner = await it.app.call(op, input, { token: it.admin })
  expect(asOwner.status).toBe(asNobody.status)
  expect(asNobody.status === 401 && asNobody.json().code === 'bad_agent_token').toBe(op.auth === 'agent')
})
