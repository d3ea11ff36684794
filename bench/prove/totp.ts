import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { challengeMfa } from '#contract/mfa'
import { inTransaction, openDb } from '#server/db/open'
import { createSeal } from '#server/db/seal'
import { createCodes } from '#server/features/mfa/codes'
import { fakeClock } from '#server/testing/clock'
import { codeAt, enrolled, MINUTE_MS, person, STEP_MS, withAna } from '#server/testing/factors'

const AT_ONCE = 20
const count = <T>(items: readonly T[], wanted: T) => items.filter((item) => item === wanted).length

/** Sign-ins over HTTP: each with its own right password, all with one code. */
async function raceSignIns(rounds: number, say: (line: string) => void) {
  await using it = await withAna()
  const { app, clock } = it
  const { code } = await enrolled(app, clock, it.token)
  const { db } = app.control
  const { id } = await db.selectFrom('users').select('id').where('email', '=', person.email).executeTakeFirstOrThrow()
  const origin = { ip: '127.0.0.1', user_agent: null, is_local: true, host: 'localhost' }
  async function challenge(): Promise<string> {
    const asked = await inTransaction(db, (db) => app.auth.signIn.firstFactorDone(db, id, origin, 'github'))
    return 'challenge_token' in asked ? asked.challenge_token : ''
  }
  const send = async (code: string, challenge_token: string) =>
    (await app.call(challengeMfa, { body: { challenge_token, code } })).status

  const figure = {
    rounds,
    once: 0,
    more: 0,
    none: 0,
    limited: 0,
    replays: 0,
    strays: 0,
    neighboursRefused: 0,
    neighboursTried: 0,
  }
  for (let round = 1; round <= rounds; round++) {
    // To the beginning of a step, so that the code of the next one is good for a minute and more: longer than the limit waits.
    clock.advance(3 * MINUTE_MS - (clock.now() % STEP_MS))
    const used = code(STEP_MS)
    const tokens = await Promise.all(Array.from({ length: AT_ONCE }, challenge))
    const statuses = await Promise.all(tokens.map((token) => send(used, token)))
    const right = count(statuses, 200)
    if (right === 1) figure.once++
    else if (right > 1) figure.more++
    else figure.none++
    figure.limited += count(statuses, 429)

    clock.advance(2 * STEP_MS + 1)
    const tries: [string, number][] = [
      [used, 401],
      [code(2 * STEP_MS), 401],
      [code(-2 * STEP_MS), 401],
      [code(), 200],
      [code(), 401],
    ]
    const [replay, late, early, now, again] = await inOrder(tries, async ([text]) => send(text, await challenge()))
    if (replay === 200 || again === 200) figure.replays++
    if (late === 200 || early === 200) figure.strays++
    if (now !== 200) figure.neighboursRefused++

    for (const offset of [-1, 0, 1]) {
      clock.advance(4 * MINUTE_MS)
      if ((await send(code(offset * STEP_MS), await challenge())) !== 200) figure.neighboursRefused++
      figure.neighboursTried++
    }
    if (round % 50 === 0) say(`${round} rounds: exactly one in ${figure.once}`)
  }
  return figure
}

async function inOrder<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  for (const item of items) results.push(await work(item))
  return results
}

/** The same below the limit of tries, on a database in a file: all twenty reach the update. */
async function raceSpends(rounds: number): Promise<{ spends: number; spentOnce: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'shardlyn-prove-'))
  const control = openDb(join(folder, 'shardlyn.db'))
  const clock = fakeClock()
  const codes = createCodes({ clock, seal: createSeal(Buffer.alloc(32, 1)), recoveryKey: 'key' })
  try {
    const { db } = control
    const at = new Date(clock.now()).toISOString()
    const ana = { id: 'ana', email: person.email, password_hash: null, platform_role: 'user' as const }
    await db
      .insertInto('users')
      .values({ ...ana, default_organization_id: null, suspended_at: null, created_at: at, updated_at: at })
      .execute()
    const { secret = '' } = (await codes.begin(db, ana)) ?? {}
    const totp = await db.selectFrom('mfa_totp').selectAll().executeTakeFirstOrThrow()
    await codes.verify(db, totp, codeAt(secret, clock.now()))
    let spentOnce = 0
    for (let round = 0; round < rounds; round++) {
      clock.advance(STEP_MS)
      const code = codeAt(secret, clock.now())
      const spends = Array.from({ length: AT_ONCE }, () => inTransaction(db, (db) => codes.spend(db, ana.id, code)))
      if (count(await Promise.all(spends), 'totp') === 1) spentOnce++
    }
    return { spends: rounds * AT_ONCE, spentOnce }
  } finally {
    await control.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Twenty sign-ins at once with one code of an authenticator app; replays after it, and codes of the steps around it. */
export async function proveTotp(rounds: number, say: (line: string) => void = () => {}) {
  return { ...(await raceSignIns(rounds, say)), ...(await raceSpends(rounds)) }
}

if (import.meta.main) {
  const figure = await proveTotp(Number(process.argv[2] ?? 200), (line) => process.stdout.write(`${line}\n`))
  process.stdout.write(`${JSON.stringify(figure)}\n`)
  const { rounds, once, spentOnce, replays, strays, neighboursRefused } = figure
  if (once !== rounds || spentOnce !== rounds || replays + strays + neighboursRefused > 0) process.exitCode = 1
}
