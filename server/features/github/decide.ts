import { listInvites } from '#contract/invites'
import { listMembers } from '#contract/members'
import { isoNow } from '#server/clock'
import { inTransaction } from '#server/db/open'
import type { Db } from '#server/db/schema'
import { AppError } from '#server/errors'
import { readPolicy } from '#server/sign-in'
import type { Journey } from './begin.ts'
import type { GithubAccount } from './client.ts'
import type { GithubDeps } from './deps.ts'
import { Refused } from './outcome.ts'
import * as store from './store.ts'

/** Whose account here an account at GitHub is. */
export function createDecide({ db, clock, audit, publish, accounts, joining }: GithubDeps) {
  async function link(db: Db, person: Pick<store.Person, 'id' | 'email'>, account: GithubAccount, ip: string) {
    const made = await store.insertIdentity(db, {
      ...account,
      provider: 'github',
      user_id: person.id,
      created_at: isoNow(clock),
    })
    if (!made) throw new Refused('already_linked')
    await audit(db, {
      organization_id: null,
      actor: { type: 'user', id: person.id, name: person.email },
      action: 'identity.linked',
      subject: { type: 'identity', id: account.subject, name: account.login },
      ip,
      details: { provider: 'github' },
    })
  }

  async function assertMayRegister(db: Db, invite_token: string | undefined): Promise<void> {
    const { registration } = await readPolicy(db)
    if (registration === 'closed') throw new Refused('closed')
    if (invite_token === undefined && registration !== 'open') throw new Refused('not_invited')
    if (invite_token !== undefined && !(await joining.findInvite(db, invite_token))) throw new Refused('not_invited')
  }

  /** A new account, without a password. */
  async function register(db: Db, account: GithubAccount, email: string, invite_token: string | undefined, ip: string) {
    await assertMayRegister(db, invite_token)
    const made = await accounts.create(db, { email, password_hash: null, invite_token }, ip)
    await audit(db, {
      organization_id: made.organization_id,
      actor: { type: 'user', id: made.id, name: email },
      action: 'user.registered',
      subject: { type: 'user', id: made.id, name: email },
      ip,
      details: { invited: invite_token !== undefined, with: 'github' },
    })
    await link(db, { id: made.id, email }, account, ip)
    return made
  }

  /** Throws Refused, with nothing done. */
  return {
    /** Links it to whoever is signed in. */
    linkTo: (journey: NonNullable<Journey['link']>, account: GithubAccount, ip: string): Promise<void> =>
      inTransaction(db, async (db) => {
        const person = await store.findPerson(db, journey.user_id)
        if (!person || !(await store.isOpenSession(db, journey.session_id))) throw new Refused('expired')
        const known = await store.findIdentity(db, account.subject)
        if (known && known.user_id !== person.id) throw new Refused('linked_elsewhere')
        if (known) await store.updateIdentity(db, account.subject, account)
        else await link(db, person, account, ip)
      }),

    /** The person whom it signs in: the one it is linked to, else a new one where that is allowed. */
    async whoseIs(account: GithubAccount, invite_token: string | undefined, ip: string): Promise<string> {
      const { id, joined } = await inTransaction(db, async (db) => {
        const known = await store.findIdentity(db, account.subject)
        if (known) {
          const person = await store.findPerson(db, known.user_id)
          if (person?.suspended_at !== null) throw new Refused('suspended')
          await store.updateIdentity(db, account.subject, account)
          return { id: person.id, joined: undefined }
        }
        if (account.email === null) throw new Refused('no_verified_email')
        if (await store.findPersonByEmail(db, account.email)) throw new Refused('link_first')
        const made = await register(db, account, account.email, invite_token, ip).catch((error: unknown) => {
          if (error instanceof AppError) throw new Refused(refusalOf(error))
          throw error
        })
        return { id: made.id, joined: invite_token === undefined ? undefined : made.organization_id }
      })
      if (joined !== undefined) {
        publish({ organization_id: joined, kind: 'member.joined', stale: [listMembers, listInvites] })
      }
      return id
    },
  }
}

const refusalOf = ({ code }: AppError) => {
  if (code === 'email_taken') return 'link_first'
  return code === 'invite_for_another' ? 'invite_for_another' : 'not_invited'
}
