import { createHash } from 'node:crypto'
import { once } from 'node:events'
import fs from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { type ControlPlane, request, Untrusted } from '#agent/trust'

const ATTEMPTS = 5
/** A connection that is silent for so long is given up. */
const SILENT_MS = 60_000

type Download = { server: ControlPlane; path: string; file: string; size: number; sha256: string; signal: AbortSignal }

/** Fetches a file from the control plane; a cut goes on where it was. Rejects with a sentence when it is not the file that was promised. */
export async function download({ server, path, file, size, sha256, signal }: Download): Promise<void> {
  for (let failures = 0; ;) {
    try {
      await fetchRest({ server, path, file, size, signal })
      break
    } catch (error) {
      if (signal.aborted || error instanceof Untrusted || ++failures >= ATTEMPTS) throw error
      await wait(failures * 1000, undefined, { signal })
    }
  }
  const hash = createHash('sha256')
  await pipeline(fs.createReadStream(file), hash)
  if (hash.digest('hex') !== sha256) {
    fs.rmSync(file, { force: true })
    throw new Error('What was fetched is not what the control plane promised: its SHA-256 differs.')
  }
}

async function fetchRest({ server, path, file, size, signal }: Omit<Download, 'sha256'>): Promise<void> {
  const have = fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0
  if (have === size) return
  const from = have < size ? have : 0
  const asked = request(server, path, { headers: from > 0 ? { range: `bytes=${from}-` } : {}, signal })
  asked.setTimeout(SILENT_MS, () => asked.destroy(new Error('The control plane fell silent.')))
  asked.end()
  const [response] = (await once(asked, 'response')) as [IncomingMessage]
  const isRest = response.statusCode === 206
  if (response.statusCode !== 200 && !isRest) {
    asked.destroy()
    throw new Error(`The control plane answered with status ${response.statusCode}.`)
  }
  let got = isRest ? from : 0
  await pipeline(
    response,
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        got += chunk.length
        // Whatever it says, no more than was promised lands on this disk.
        if (got > size) throw new Error('The control plane sends more than it promised.')
        yield chunk
      }
    },
    fs.createWriteStream(file, { flags: isRest ? 'a' : 'w', mode: 0o600 }),
  )
  if (got < size) throw new Error('The connection was cut.')
}
