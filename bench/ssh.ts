import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { systemClock } from '#server/clock'
import { hasSshd, startSshd } from '#server/testing/sshd'
import { defaultTimes, openSession, type Session } from '#server/tunnel/session'
import { atLeast, type Figure, pairs } from './measure.ts'

const BULK = 512 * 1024 * 1024

async function drain(stream: Readable): Promise<number> {
  let bytes = 0
  stream.on('data', (chunk: Buffer) => (bytes += chunk.length))
  await once(stream, 'end')
  return bytes
}
const megabytes = (bytes: number, begun: number) => bytes / 1e6 / ((performance.now() - begun) / 1000)

/** The tunnel between two processes in bulk, against what people would move the same bytes with. */
export async function benchSsh(): Promise<Figure[]> {
  if (!hasSshd) return []
  await using sshd = await startSshd()
  const key = join(sshd.folder, 'own')
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key])
  writeFileSync(`${key}-cert.pub`, `${sshd.sign(readFileSync(`${key}.pub`, 'utf8').trim())}\n`)
  const known = join(sshd.folder, 'known')
  writeFileSync(known, `[127.0.0.1]:${sshd.port} ${sshd.hostKey()}\n`)

  const arrived = Promise.withResolvers<Session>()
  const door = createServer()
  door.on('upgrade', (_, socket: Socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: shardlyn-tunnel\r\nConnection: Upgrade\r\n\r\n')
    arrived.resolve(openSession({ duplex: socket, wire: socket, clock: systemClock, times: defaultTimes }))
  })
  door.listen(0, '127.0.0.1')
  await once(door, 'listening')
  const url = `http://127.0.0.1:${(door.address() as AddressInfo).port}`
  const peer = spawn(process.execPath, [join(import.meta.dirname, 'tunnel-peer.ts'), url], {
    stdio: ['pipe', 'ignore', 'inherit'],
  })
  try {
    const session = await arrived.promise
    const bulk = await pairs(
      { name: 'tunnel bulk', unit: 'MB/s', against: 'ssh with aes128-gcm' },
      5,
      async () => {
        const begun = performance.now()
        const { stream } = await session.open({ method: 'GET', path: `/bulk?bytes=${BULK}` }, undefined, undefined)
        return megabytes(await drain(stream), begun)
      },
      async () => {
        const options = ['IdentitiesOnly=yes', `UserKnownHostsFile=${known}`, 'Compression=no', 'LogLevel=ERROR']
        const begun = performance.now()
        const ssh = spawn(
          'ssh',
          [
            ...options.flatMap((option) => ['-o', option]),
            '-F',
            'none',
            '-c',
            'aes128-gcm@openssh.com',
            '-i',
            key,
            '-p',
            String(sshd.port),
            '-l',
            'root',
            '127.0.0.1',
            'head',
            '-c',
            String(BULK),
            '/dev/zero',
          ],
          { stdio: ['ignore', 'pipe', 'inherit'] },
        )
        const bytes = await drain(ssh.stdout)
        if (bytes !== BULK) throw new Error(`ssh brought ${bytes} of ${BULK} bytes.`)
        return megabytes(bytes, begun)
      },
    )
    return [{ ...bulk, goal: atLeast(bulk.ratio, 1) }]
  } finally {
    peer.kill()
    door.closeAllConnections()
    door.close()
  }
}
