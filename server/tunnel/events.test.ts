import { expect, test, vi } from 'vitest'
import type { OutboxEvent } from '#contract/agent'
import { getNode } from '#contract/nodes'
import { getTunnelStats } from '#contract/tunnel'
import { newId } from '#server/ids'
import {
  addInstance,
  connected,
  epochOf,
  type ListeningApp,
  listeningApp,
  observed,
  startAgent,
} from '#server/testing/agent'

const event = (id: string) => ({
  at: new Date().toISOString(),
  instance: observed(id),
  activity: null,
  crash_log: null,
})

/** Every event that was applied, in its order. */
function applied(app: ListeningApp) {
  const seqs: number[] = []
  app.agents.listen({
    onEvent:
      async (_, __, { seq }: OutboxEvent) =>
      () =>
        void seqs.push(seq),
  })
  return seqs
}

test('events are applied once each and in order, whatever happens to the connection', async () => {
  await using app = await listeningApp()
  await using agent = await startAgent(app.forAgent)
  await connected(app, agent)
  const seqs = applied(app)
  const id = await addInstance(app, (await app.signedIn(getNode, { params: { id: agent.nodeId() } })).json())
  for (let n = 1; n <= 300; n++) {
    await agent.outbox.add(event(id))
    if (n % 20 === 0) app.proxy.resetAfter(1 + ((n * 37) % 900))
    if (n % 60 === 0) {
      app.proxy.reset()
      await connected(app, agent)
    }
  }
  await vi.waitFor(() => expect(seqs.length).toBeGreaterThanOrEqual(300), 20_000)
  expect(seqs).toEqual(Array.from({ length: 300 }, (_, i) => i + 1))
  await vi.waitFor(() => expect(agent.outbox.after(0)).toEqual([]), 5000)
  expect((await app.signedIn(getTunnelStats)).json().reconnects).toBeGreaterThan(2)
})

test('an event that cannot be applied does not hold up those after it', async () => {
  await using app = await listeningApp()
  await using agent = await startAgent(app.forAgent)
  await connected(app, agent)
  const seqs = applied(app)
  app.agents.listen({
    onEvent: async (_, __, { seq }) => {
      if (seq === 2) throw new Error('a bug')
    },
  })
  for (let n = 0; n < 3; n++) await agent.outbox.add(event(newId()))
  await vi.waitFor(() => expect(seqs).toEqual([1, 3]))
})

test('an outbox that began anew is followed from its beginning', async () => {
  await using app = await listeningApp()
  await using agent = await startAgent(app.forAgent)
  await connected(app, agent)
  await app.control.db.updateTable('nodes').set({ event_seq: 1000 }).execute()
  const seqs = applied(app)
  app.proxy.reset()
  await vi.waitFor(async () => expect(await epochOf(app)).toBeGreaterThan(1))
  await connected(app, agent)
  await agent.outbox.add(event(newId()))
  await vi.waitFor(() => expect(seqs).toEqual([1]))
})
