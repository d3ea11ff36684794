import { expect, test } from 'vitest'
import { IDLE_SECONDS } from '#contract/terminal'
import { quick } from '#server/testing/agent'
import { fakeClock } from '#server/testing/clock'
import { terminalStage, terminalViewer } from '#server/testing/terminal'
import { until } from '#server/testing/until'

// Only the clocks are not real. Half an hour must not look like silence on the tunnel.
const calm = { ...quick, ping: 24 * 3600_000, dead: 48 * 3600_000 }
const HALF = IDLE_SECONDS * 1000
const MINUTE = 60_000

test.each(['the control plane', 'the machine'])(
  '%s ends a shell in which nothing happens for half an hour',
  async (side) => {
    const clock = fakeClock(Date.now())
    const isHere = side === 'the control plane'
    await using it = await terminalStage(isHere ? { app: { clock, tunnelTimes: calm } } : { agentClock: clock })
    using viewer = await terminalViewer(it.app, it.nodeId)
    viewer.type('echo be"gun"\r')
    await viewer.shows('begun')

    // What is typed counts, and what is printed.
    clock.advance(HALF - MINUTE)
    viewer.type('read line; echo print"ed"\r')
    await viewer.shows('read line')
    clock.advance(HALF - MINUTE)
    viewer.type('\r')
    await viewer.shows('printed')
    clock.advance(HALF - MINUTE)
    viewer.type('echo st"ill"\r')
    await viewer.shows('still')
    expect(it.terminals.count()).toBe(1)

    clock.advance(HALF + MINUTE)
    await until(() => viewer.closed() !== undefined, 20_000)
    expect(viewer.ended()).toMatchObject({ type: 'ended', reason: 'idle', exit_code: null, signal: null })
    await until(() => it.terminals.count() === 0)
    const rows = () => it.app.control.db.selectFrom('terminal_sessions').select('end_reason').execute()
    await until(async () => (await rows())[0]?.end_reason === 'idle')
  },
)
