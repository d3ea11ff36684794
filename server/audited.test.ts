import { expect, test } from 'vitest'
import { operations } from '#contract/all'
import { recipes } from '#server/testing/recipes'
import { setting } from '#server/testing/recipes/setting'

const changing = operations.filter(({ method, auth }) => method !== 'GET' && (auth === 'user' || auth === 'admin'))

/** What changes nothing that anybody could ask about later, and why. */
const exempt: Record<string, string> = {
  beginPasskey: 'Nothing is kept until the browser answers with a passkey.',
  linkGithub: 'Nothing is linked until GitHub has answered.',
  createSocketTicket: 'A ticket lives half a minute and opens only what its owner may open anyway.',
}

test.each(changing.map((op) => [op.schema.operationId, op] as const))(
  '%s leaves a line in the audit log',
  async (id, op) => {
    const recipe = recipes[id]
    if (!recipe) throw new Error(`There is no recipe for ${id} in server/testing/recipes.`)
    await using it = await setting()
    const { token = it.caller.token, ...input } = await recipe(it)
    const lines = () =>
      it.app.control.database
        .prepare(`select id, action, ip from audit_logs where actor_type = 'user' and outcome <> 'refused' order by id`)
        .all() as { id: string; action: string; ip: string | null }[]
    const before = new Set(lines().map((line) => line.id))
    const answer = await it.app.call(op, input, { token })
    if (answer.status >= 300) throw new Error(answer.text)
    const added = lines().filter((line) => !before.has(line.id))
    if (exempt[id] !== undefined) return
    expect(added).not.toEqual([])
    for (const { action } of added) expect(action).toMatch(/^[a-z_]+\.[a-z_]+$/)
    expect(added.some(({ ip }) => ip === '127.0.0.1')).toBe(true)
  },
)
