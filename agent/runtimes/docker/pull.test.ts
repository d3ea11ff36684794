import { spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import fs from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { engineWithImage, shellSpec, testAgent } from '#agent/features/instances/testing'
import { callEngine } from './engine-http.ts'

const engine = await engineWithImage()
const digest = (data: Buffer) => `sha256:${createHash('sha256').update(data).digest('hex')}`

/** A registry that has one image, of busybox and something large, and hands it out in small pieces. */
async function serveRegistry() {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'shardlyn-registry-'))
  fs.mkdirSync(path.join(root, 'bin'))
  fs.copyFileSync('/bin/busybox', path.join(root, 'bin/busybox'))
  fs.symlinkSync('busybox', path.join(root, 'bin/sh'))
  fs.writeFileSync(path.join(root, 'large'), randomBytes(8_000_000))
  const tar = spawnSync('tar', ['-C', root, '-c', '.'], { maxBuffer: 64 * 1024 * 1024 }).stdout
  fs.rmSync(root, { recursive: true })
  const layer = gzipSync(tar, { level: 1 })
  const config = Buffer.from(
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      config: {},
      rootfs: { type: 'layers', diff_ids: [digest(tar)] },
    }),
  )
  const type = 'application/vnd.docker.distribution.manifest.v2+json'
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: type,
      config: {
        mediaType: 'application/vnd.docker.container.image.v1+json',
        size: config.length,
        digest: digest(config),
      },
      layers: [
        { mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip', size: layer.length, digest: digest(layer) },
      ],
    }),
  )
  const server = http.createServer((request, response) => {
    const data = request.url?.includes('/manifests/')
      ? manifest
      : [config, layer].find((blob) => request.url?.endsWith(digest(blob)))
    if (!data) return response.writeHead(request.url === '/v2/' ? 200 : 404).end()
    const headers = {
      'content-length': data.length,
      'docker-content-digest': digest(data),
      'content-type': data === manifest ? type : 'application/octet-stream',
    }
    response.writeHead(200, headers)
    if (request.method === 'HEAD') return response.end()
    let sent = 0
    const piece = () => {
      if (sent >= data.length) return response.end()
      response.write(data.subarray(sent, sent + 512 * 1024))
      sent += 512 * 1024
      return setTimeout(piece, 150)
    }
    return piece()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { image: `localhost:${port}/games/large:1`, close: () => server.close() }
}

test.skipIf('missing' in engine)('an image that is not here is pulled, and its progress is told', async () => {
  await using agent = await testAgent()
  const { image, close } = await serveRegistry()
  const spec = shellSpec('docker', 'echo pulled', { image, working_dir: null, restart_policy: 'never' })
  await agent.instances.put(spec)
  await agent.until(spec.id, (now) => now.exit?.code === 0)
  close()
  const told = agent.events.filter(({ instance }) => instance.stage === `Pulling the image ${image}`)
  await agent.instances.remove(spec.id, 'delete')
  if ('socket' in engine) await callEngine(engine.socket, 'DELETE', `/images/${encodeURIComponent(image)}?force=1`)
  expect(told.length).toBeGreaterThan(0)
  expect(told.every(({ instance }) => instance.state === 'starting')).toBe(true)
  const percents = told.map(({ instance }) => instance.percent).filter((percent) => percent !== null)
  expect(percents.toSorted((a, b) => a - b)).toEqual(percents)
  expect(percents.some((percent) => percent > 0 && percent <= 100)).toBe(true)
})
