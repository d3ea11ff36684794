import { createHash } from 'node:crypto'

/** Fetches an address with the token that stands in the input, and says what came. In a process of its own, so that nobody waits for it. */
const chunks: Buffer[] = []
for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
const headers = { authorization: `Bearer ${Buffer.concat(chunks).toString()}` }
const begun = performance.now()
const answer = await fetch(process.argv[2] ?? '', { headers })
const hash = createHash('sha256')
let bytes = 0
for await (const part of answer.body ?? []) {
  hash.update(part)
  bytes += part.length
}
const ms = performance.now() - begun
process.stdout.write(JSON.stringify({ status: answer.status, bytes, sha256: hash.digest('hex'), ms }))
