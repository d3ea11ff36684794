import { connect, type Socket } from 'node:net'

/** Where the answer that begins at `from` ends, or -1 while it is not whole. Answers carry a content-length. */
function endOfAnswer(buffer: Buffer, from: number): number {
  const head = buffer.indexOf('\r\n\r\n', from, 'latin1')
  if (head < 0) return -1
  const found = /content-length: (\d+)/i.exec(buffer.toString('latin1', from, head))
  const end = head + 4 + Number(found?.[1] ?? 0)
  return end <= buffer.length ? end : -1
}

function worker(url: URL, request: Buffer, until: number, count: (status: string) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect(Number(url.port), url.hostname, () => socket.write(request))
    socket.setNoDelay(true)
    let pending: Buffer = Buffer.alloc(0)
    socket.on('data', (chunk) => {
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
      const end = endOfAnswer(pending, 0)
      if (end < 0) return
      count(pending.toString('latin1', 9, 12))
      pending = pending.subarray(end)
      if (performance.now() < until) socket.write(request)
      else {
        socket.end()
        resolve()
      }
    })
    socket.on('error', reject)
  })
}

/** Requests a second over kept connections, one request at a time on each. Refusals are an error: they would look fast. */
export async function requestsPerSecond(options: {
  url: string
  path: string
  method?: string
  headers?: Record<string, string>
  body?: string
  connections?: number
  ms?: number
}) {
  const url = new URL(options.url)
  const body = options.body ?? ''
  const headers = {
    host: url.host,
    ...(body && { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }),
    ...options.headers,
  }
  const head = `${options.method ?? 'GET'} ${options.path} HTTP/1.1\r\n${Object.entries(headers)
    .map(([k, v]) => `${k}: ${v}`)
    .join('\r\n')}\r\n\r\n`
  const request = Buffer.from(head + body)
  let done = 0
  const begun = performance.now()
  const until = begun + (options.ms ?? 1500)
  await Promise.all(
    Array.from({ length: options.connections ?? 16 }, () =>
      worker(url, request, until, (status) => {
        if (!status.startsWith('2')) throw new Error(`${options.path} answered ${status}`)
        done++
      }),
    ),
  )
  return (done / (performance.now() - begun)) * 1000
}
