import { getMe, type Me } from '#contract/auth'
import { inviteMember } from '#contract/invites'
import type { Permission, Role } from '#contract/permissions'
import { testApp, type CallInput } from './app.ts'
import type { Operation } from '#contract/operation'

/** An organization with its owner, an administrator and a user, and short ways to call as each. */
export async function team(options: Parameters<typeof testApp>[0] = {}) {
  const app = await testApp(options)
  const { id, organization } = (await app.signedIn(getMe)).json() as Me
  const orgId = organization?.id ?? ''
  const people = new Map<string, { id: string; token: string }>()
  people.set('owner', { id, token: await app.adminToken() })

  async function add(name: string, role: Role | null, rights: { grants?: Permission[]; denials?: Permission[] } = {}) {
    const person = await app.addPerson({ email: `${name}@team.example`, role, ...rights })
    people.set(name, person)
    return person
  }
  await add('admin', 'admin')
  await add('user', 'user')

  const person = (name: string) => {
    const found = people.get(name)
    if (!found) throw new Error(`The team has no ${name}.`)
    return found
  }
  /** Calls as somebody, in the team's organization. */
  const as = async (name: string, op: Operation, { params, ...input }: CallInput = {}) =>
    app.call(op, { params: { orgId, ...params }, ...input }, { token: person(name).token })
  /** What an answer says, in the short form that tests compare. */
  const says = async (name: string, op: Operation, input: CallInput = {}) => {
    const answer = await as(name, op, input)
    return answer.status < 300 ? answer.status : `${answer.status} ${answer.json().code}`
  }
  /** The token of a new invitation. */
  async function invite(name: string, body: object = {}): Promise<string> {
    const answer = await as(name, inviteMember, { body })
    if (answer.status !== 201) throw new Error(answer.text)
    return (answer.json().link as string).split('#token=')[1] ?? ''
  }
  return {
    app,
    orgId,
    add,
    as,
    says,
    invite,
    id: (name: string) => person(name).id,
    token: (name: string) => person(name).token,
    [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
  }
}
export type Team = Awaited<ReturnType<typeof team>>
