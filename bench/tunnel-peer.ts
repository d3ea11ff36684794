import { createServer } from 'node:http'
import { connect } from 'node:net'
import type { Writable } from 'node:stream'
import { once } from 'node:events'
import { tunnelTimes } from '#contract/agent'
import { dial } from '#agent/dial'
import { createRouter } from '#agent/router'
import { serve } from '#agent/session'

/** The machine's end: the agent's own tunnel with two routes to measure with, beside plain TCP and plain HTTP. */
const [tunnelUrl = '', rawPort = '0'] = process.argv.slice(2)
const chunk = Buffer.alloc(64 * 1024, 7)

async function pump(sink: Writable, bytes: number) {
  for (let left = bytes; left > 0; left -= chunk.length) {
    if (!sink.write(left < chunk.length ? chunk.subarray(0, left) : chunk)) await once(sink, 'drain')
  }
}

const log = { info() {}, warn() {}, error() {} }
const router = createRouter(
  [
    {
      method: 'GET',
      path: '/bulk',
      handle: ({ query }) => ({ stream: (sink) => pump(sink, Number(query.get('bytes'))) }),
    },
    { method: 'GET', path: '/small', handle: () => ({ json: { ok: true } }) },
  ],
  log,
)
serve(
  await dial({ server: { url: tunnelUrl }, token: 'bench', timeoutMs: 5000 }, 'upgrade'),
  router,
  tunnelTimes,
  3_600_000,
)

const direct = createServer((_, response) => response.end('{"ok":true}'))
direct.listen(0, '127.0.0.1', () => {
  const address = direct.address()
  process.stdout.write(`ready at http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}\n`)
})

/** Each line of input asks for that many bytes over a new plain connection. */
process.stdin.on('data', (line: Buffer) => {
  const socket = connect(
    Number(rawPort),
    '127.0.0.1',
    () => void pump(socket, Number(line.toString())).then(() => socket.end()),
  )
})
