import { expect, test } from 'vitest'
import { updateNode } from '#contract/nodes'
import { getTerminalRecording, listTerminalSessions, type TerminalSession } from '#contract/terminal'
import { terminalStage, terminalViewer } from '#server/testing/terminal'
import { until } from '#server/testing/until'

type Event = [number, 'o' | 'r' | 'm', string]

async function recorded() {
  const it = await terminalStage()
  const params = { id: it.nodeId }
  await it.app.signedIn(updateNode, { params, body: { records_terminals: true } })
  const ended = async (): Promise<TerminalSession> => {
    let session: TerminalSession | undefined
    await until(async () => {
      session = (await it.app.signedIn(listTerminalSessions, { params })).json().items[0]
      return session?.ended_at !== null
    })
    return session as TerminalSession
  }
  return {
    ...it,
    /** What is kept of the session that has ended, line by line. */
    async play() {
      const session = await ended()
      const answer = await it.app.signedIn(getTerminalRecording, { params: { ...params, sessionId: session.id } })
      const [head, ...events] = answer.text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown)
      const shown = (events as Event[]).filter(([, code]) => code === 'o').map(([, , text]) => text)
      return {
        session,
        head,
        events: events as Event[],
        size: Buffer.byteLength(answer.text),
        bytes: Buffer.from(shown.join('')),
      }
    },
  }
}

test('a recording that is played is what was shown, byte for byte, and nothing of what was typed unseen', async () => {
  await using it = await recorded()
  using viewer = await terminalViewer(it.app, it.nodeId, { query: { cols: 90, rows: 20 } })
  expect(viewer.messages[0]).toMatchObject({ is_recorded: true })
  // Colours and other orders, a line that comes in pieces in the middle of letters, and more than fits into one piece of anything.
  viewer.type(String.raw`printf '\033[31mred\033[0m\007\033]0;a title\007 \0 "quoted" \\ \342\200\250 '` + '\r')
  viewer.type(String.raw`printf '\303'; sleep 0.2; printf '\251 \360\237'; sleep 0.2; printf '\230\200 cut\n'` + '\r')
  await viewer.shows('é 😀 cut\r\n')
  viewer.say({ type: 'resize', cols: 120, rows: 40 })
  viewer.type('stty -echo; read secret; stty echo; echo got ${#secret}\r')
  await viewer.shows('echo got ${#secret}\r\n')
  viewer.type('hunter2-unseen\r')
  await viewer.shows('got 14')
  viewer.type('head -c 3000000 /dev/urandom | base64; exit 3\r')
  await until(() => viewer.closed() !== undefined, 30_000)

  const { session, head, events, bytes, size } = await it.play()
  expect(head).toMatchObject({ version: 2, width: 90, height: 20 })
  expect(bytes.equals(viewer.bytes())).toBe(true)
  expect(session).toMatchObject({ end_reason: 'exited', bytes: bytes.length, recording_bytes: size })
  expect(bytes.toString()).not.toContain('hunter2-unseen')
  expect(events.filter(([, code]) => code === 'r').map(([, , to]) => to)).toEqual(['120x40'])
  const times = events.map(([at]) => at)
  expect(times).toEqual(times.toSorted((a, b) => a - b))
}, 60_000)

test('what was printed while nobody looked, or the machine was away, is in the recording too', async () => {
  await using it = await recorded()
  const first = await terminalViewer(it.app, it.nodeId)
  first.type('n=0; while [ $n -lt 300 ]; do n=$((n+1)); echo $n; sleep 0.01; done; echo all-of-"them"\r')
  await first.shows('20\r\n')
  const [session, from] = [first.session(), first.offset()]
  first.socket.terminate()
  it.app.proxy.reset()
  using second = await terminalViewer(it.app, it.nodeId, { query: { session, from } })
  await second.shows('all-of-them')
  second.type('exit\r')
  await until(() => second.closed() !== undefined, 20_000)
  const shown = Buffer.concat([first.bytes(), second.bytes()])
  expect((await it.play()).bytes.equals(shown)).toBe(true)
}, 60_000)
