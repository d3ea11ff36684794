import http from 'node:http'
import type { Duplex } from 'node:stream'

/** What the engine says, its body as text. */
export type EngineAnswer = { status: number; body: string }

/**
 * One call to a Docker engine over its socket, by nothing but node:http: a supervisor must stay small, and an agent on
 * a machine without an engine should not load a client for it.
 */
export function callEngine(socketPath: string, method: string, path: string, timeoutMs = 0): Promise<EngineAnswer> {
  return new Promise((resolve, reject) => {
    const request = http.request({ socketPath, method, path, agent: false }, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (text: string) => (body += text))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
      response.on('error', reject)
    })
    request.on('error', reject)
    if (timeoutMs > 0) {
      request.setTimeout(timeoutMs, () => request.destroy(new Error('The Docker engine does not answer.')))
    }
    request.end()
  })
}

/** Attaches to a container's terminal: what is written is its input, what is read its output. */
export function attachToContainer(socketPath: string, id: string): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const request = http.request({
      socketPath,
      method: 'POST',
      path: `/containers/${id}/attach?stream=1&stdin=1&stdout=1&stderr=1`,
      headers: { connection: 'Upgrade', upgrade: 'tcp' },
      agent: false,
    })
    request.on('upgrade', (_response, socket, head) => {
      if (head.length > 0) socket.unshift(head)
      resolve(socket)
    })
    request.on('response', (response) => {
      response.resume()
      reject(new Error(`The Docker engine refused to attach (${response.statusCode}).`))
    })
    request.on('error', reject)
    request.end()
  })
}

/** The sentence in an engine's error. */
export function engineMessage({ status, body }: EngineAnswer): string {
  try {
    const { message } = JSON.parse(body) as { message?: string }
    if (message) return message
  } catch {
    // Not JSON: the status must do.
  }
  return `The Docker engine answered ${status}.`
}
