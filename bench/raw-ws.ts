import { WebSocketServer, type WebSocket } from 'ws'

/** The yardstick of fan-out: a bare loop that sends each line to each viewer once enough of them are here. */
const [viewers, lines, text] = [Number(process.argv[2]), Number(process.argv[3]), process.argv[4] ?? '']
const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false })
const all: WebSocket[] = []
server.on('listening', () => {
  const address = server.address()
  process.stdout.write(`ready at ws://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}\n`)
})
server.on('connection', (socket) => {
  all.push(socket)
  if (all.length < viewers) return
  let sent = 0
  const step = () => {
    // As much in one turn as keeps the sockets fed; a viewer that lags is waited for, or memory would grow.
    for (let i = 0; i < 50 && sent < lines; i++, sent++) for (const viewer of all) viewer.send(text, { binary: true })
    if (sent >= lines) return
    if ((all[0]?.bufferedAmount ?? 0) > 262_144) setTimeout(step, 1)
    else setImmediate(step)
  }
  step()
})
process.on('SIGTERM', () => process.exit(0))
