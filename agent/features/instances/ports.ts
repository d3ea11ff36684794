import dgram from 'node:dgram'
import fs from 'node:fs'
import { readFile } from 'node:fs/promises'
import net from 'node:net'
import type { InstancePort } from '#contract/instances'
import { conflict } from '#agent/errors'

export type ListeningPort = { port: number; protocol: 'tcp' | 'udp'; process: string | null }
type Holder = { port: number; protocol: 'tcp' | 'udp'; inode: string }

const TCP_LISTEN = '0A'
const UDP_UNCONNECTED = '07'

/** Refuses, naming who has it, when a port that a server needs is taken. */
export async function requireFreePorts(ports: InstancePort[]): Promise<void> {
  for (const { host_port: port, protocol } of ports) {
    if (await canBind(port, protocol)) continue
    const held = (await readHolders()).find((holder) => holder.port === port && holder.protocol === protocol)
    const holder = held && nameOf(held.inode)
    throw conflict('port_in_use', `Port ${port} (${protocol}) is already used by ${holder ?? 'another program'}.`)
  }
}

/** What listens on this machine. */
export async function listListening(): Promise<ListeningPort[]> {
  const holders = await readHolders()
  const names = ownersOf(new Set(holders.map((holder) => holder.inode)))
  const seen = new Map<string, ListeningPort>()
  for (const { port, protocol, inode } of holders) {
    const key = `${protocol} ${port}`
    const process = names.get(inode) ?? seen.get(key)?.process ?? null
    seen.set(key, { port, protocol, process })
  }
  return [...seen.values()].sort((a, b) => a.port - b.port || a.protocol.localeCompare(b.protocol))
}

async function canBind(port: number, protocol: 'tcp' | 'udp'): Promise<boolean> {
  const bind = protocol === 'tcp' ? bindTcp : bindUdp
  return (await bind(port, '0.0.0.0')) && (await bind(port, '::'))
}

function bindTcp(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = net.createServer()
    server.once('error', (error: NodeJS.ErrnoException) => resolve(!isTaken(error)))
    server.listen({ port, host, exclusive: true, ipv6Only: host === '::' }, () => server.close(() => resolve(true)))
  })
}

function bindUdp(port: number, address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = dgram.createSocket({ type: address === '::' ? 'udp6' : 'udp4', ipv6Only: address === '::' })
    socket.once('error', (error: NodeJS.ErrnoException) => {
      socket.close()
      resolve(!isTaken(error))
    })
    socket.bind({ port, address, exclusive: true }, () => socket.close(() => resolve(true)))
  })
}

// A machine without IPv6, or a low port that only the engine may open, is no conflict.
const isTaken = (error: NodeJS.ErrnoException) => error.code === 'EADDRINUSE'

async function readHolders(): Promise<Holder[]> {
  const files = [
    ['tcp', 'tcp', TCP_LISTEN],
    ['tcp6', 'tcp', TCP_LISTEN],
    ['udp', 'udp', UDP_UNCONNECTED],
    ['udp6', 'udp', UDP_UNCONNECTED],
  ] as const
  const lists = await Promise.all(
    files.map(async ([file, protocol, state]) => {
      const text = await readFile(`/proc/net/${file}`, 'latin1').catch(() => '')
      return text
        .split('\n')
        .slice(1)
        .flatMap((line) => {
          const fields = line.trim().split(/\s+/)
          if (fields[3] !== state) return []
          return [{ port: Number.parseInt(fields[1]?.split(':')[1] ?? '', 16), protocol, inode: fields[9] ?? '' }]
        })
    }),
  )
  return lists.flat()
}

const nameOf = (inode: string) => ownersOf(new Set([inode])).get(inode)

/** By socket inode, the process that holds it, as far as we may look. */
function ownersOf(inodes: Set<string>): Map<string, string> {
  const owners = new Map<string, string>()
  for (const pid of read(() => fs.readdirSync('/proc'), []).filter((name) => /^\d+$/.test(name))) {
    if (owners.size === inodes.size) break
    for (const fd of read(() => fs.readdirSync(`/proc/${pid}/fd`), [])) {
      const inode = /^socket:\[(\d+)\]$/.exec(read(() => fs.readlinkSync(`/proc/${pid}/fd/${fd}`), ''))?.[1]
      if (!inode || !inodes.has(inode) || owners.has(inode)) continue
      owners.set(inode, `${read(() => fs.readFileSync(`/proc/${pid}/comm`, 'utf8').trim(), 'a program')} (pid ${pid})`)
    }
  }
  return owners
}

function read<T>(action: () => T, otherwise: T): T {
  try {
    return action()
  } catch {
    return otherwise
  }
}
