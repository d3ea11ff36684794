import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { text } from 'node:stream/consumers'
import type { IncomingHttpHeaders, IncomingMessage, RequestOptions } from 'node:http'
import { request } from '#agent/trust'
import { getInstallOptions, type NetworkSettings, updateNetworkSettings } from '#contract/network'
import type { Output } from '#contract/operation'
import type { TestApp } from './app.ts'

/** A port that nobody has on any address, at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '::')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Lets the network reach an app, and tells how. */
export async function switchOn(app: TestApp, port?: number) {
  const chosen = port ?? (await freePort())
  const answer = await app.signedIn(updateNetworkSettings, { body: { is_enabled: true, port: chosen } })
  if (answer.status !== 200) throw new Error(answer.text)
  const settings = answer.json() as NetworkSettings
  const { addresses } = (await app.signedIn(getInstallOptions)).json() as Output<typeof getInstallOptions>
  const fingerprint = settings.fingerprint ?? ''
  return {
    port: chosen,
    settings,
    addresses,
    fingerprint,
    /** By way of loopback, with our key pinned. */
    server: { url: `https://127.0.0.1:${chosen}`, fingerprint },
    ask: (path: string, options: RequestOptions & { body?: unknown; at?: string } = {}) =>
      ask({ url: `https://${options.at ?? '127.0.0.1'}:${chosen}`, fingerprint }, path, options),
  }
}

export function ask(
  server: Parameters<typeof request>[0],
  path: string,
  { body, ...options }: RequestOptions & { body?: unknown } = {},
): Promise<{ status: number; headers: IncomingHttpHeaders; text: string }> {
  const payload = body === undefined ? undefined : JSON.stringify(body)
  const headers = {
    ...(payload !== undefined && { 'content-type': 'application/json' }),
    ...(options.headers as object),
  }
  return new Promise((resolve, reject) => {
    request(server, path, { ...options, headers })
      .on('error', reject)
      .on('response', (response: IncomingMessage) => {
        text(response).then(
          (text) => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
          reject,
        )
      })
      .end(payload)
  })
}
