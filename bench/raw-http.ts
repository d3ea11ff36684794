import { createServer } from 'node:http'

/** The yardstick of the API: node:http in a process of its own, answering the same bytes to everything. */
const body = Buffer.from(process.argv[2] ?? '', 'base64')
const server = createServer((request, response) => {
  request.resume()
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'content-length': body.length })
  response.end(body)
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.stdout.write(`ready at http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}\n`)
})
process.on('SIGTERM', () => process.exit(0))
