import { createHash } from 'node:crypto'
import fs from 'node:fs'
import { mkdir, rename, rm, stat, statfs, utimes } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import type { ManifestEntry } from '#contract/migrations'
import { type ImportDone, type ImportRequest, manifestLine, type Received } from '#contract/transfer'
import { AgentError, conflict } from '#agent/errors'
import { bootId } from '#agent/runtimes/process-table'
import { instanceFolder, readJsonSync, writeJson } from '#agent/state'
import type { Logger } from '../instances/core.ts'
import type { Instances } from '../instances/manager.ts'
import { requireFreePorts } from '../instances/ports.ts'
import { assemble, createManifestCheck } from './assemble.ts'
import { listTree } from './manifest.ts'
import { createReceived } from './received.ts'

/** What must stay free on the disk beside the server. */
const MARGIN = 256 * 1024 * 1024
const KEEP_MS = 14 * 24 * 3600 * 1000
const UNDONE_KEPT = 100

type Kept = ImportRequest & { boot: string }
type Import = Kept & { root: string; received: ReturnType<typeof createReceived> }
type Deps = { dataDir: string; instances: Instances; log: Logger; margin?: number }

/** The target's side of a move: contents arrive in a folder beside the servers, and become a server, held still, once all of it is there. */
export function createImport({ dataDir, instances, log, margin = MARGIN }: Deps) {
  const folder = path.join(dataDir, 'imports')
  const open = new Map<string, Import>()
  /** Moves that were undone. What was begun for one before, and cut off on its way, comes too late. */
  const undone = new Set<string>()
  let turns: Promise<unknown> = Promise.resolve()
  /** One after the other: what begins, ends and is undone. */
  const inTurn = <R>(work: () => Promise<R>): Promise<R> => {
    const turn = turns.then(work, work)
    turns = turn.catch(() => {})
    return turn
  }

  fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
  for (const id of fs.readdirSync(folder)) {
    const root = path.join(folder, id)
    const kept = readJsonSync(path.join(root, 'import.json')) as Kept | undefined
    const isForgotten = Date.now() - fs.statSync(root).mtimeMs > KEEP_MS
    if (kept && !isForgotten) open.set(id, openImport(id, kept))
    else fs.rmSync(root, { recursive: true, force: true })
  }

  function openImport(id: string, kept: Kept): Import {
    const root = path.join(folder, id)
    return { ...kept, root, received: createReceived(path.join(root, 'contents')) }
  }

  function find(id: string, token: string): Import {
    const found = open.get(id)
    if (found?.token === token) return found
    throw conflict('import_unknown', 'This machine does not know of this move. It has to begin again.')
  }

  async function requireRoom({ spec, bytes }: ImportRequest, arrived: number) {
    if (spec.limits.memory_bytes !== null && spec.limits.memory_bytes > os.totalmem()) {
      throw conflict('no_memory', 'This machine has less memory than the server is allowed.')
    }
    if (!instances.capabilities().runtimes.includes(spec.runtime)) {
      throw conflict('runtime_missing', `This machine does not run servers of the kind ${spec.runtime} now.`)
    }
    const { bavail, bsize } = await statfs(folder)
    const free = Number(bavail) * Number(bsize)
    const needed = Math.max(0, bytes - arrived) + margin
    if (free < needed) {
      const gib = (value: number) => (value / 1024 ** 3).toFixed(1)
      throw new AgentError(507, 'no_disk', `Only ${gib(free)} GiB are free here, but ${gib(needed)} GiB are needed.`)
    }
    await requireFreePorts(spec.ports)
  }

  async function drop(id: string): Promise<void> {
    const found = open.get(id)
    open.delete(id)
    await found?.received.close()
    await rm(path.join(folder, id), { recursive: true, force: true })
  }

  async function begin(id: string, request: ImportRequest): Promise<void> {
    if (undone.has(request.token)) throw conflict('import_unknown', 'This move is over.')
    const held = instances.find(id)
    if (held && held.holding.token() === request.token) return
    if (held) throw conflict('instance_exists', 'This machine has a server of this id already.')
    const known = open.get(id)
    const boot = bootId()
    // What a machine that was cut off had not written yet may be anything.
    const goesOn = known?.token === request.token && known.boot === boot
    const received = goesOn ? await known.received.list() : []
    const arrived = received.reduce((total, { bytes }) => total + bytes, 0)
    await requireRoom(request, arrived)
    if (!goesOn) await drop(id)
    const root = path.join(folder, id)
    await mkdir(path.join(root, 'contents'), { recursive: true, mode: 0o700 })
    const kept = { ...request, boot }
    await writeJson(path.join(root, 'import.json'), kept)
    if (goesOn) Object.assign(known, kept)
    else open.set(id, openImport(id, kept))
    await utimes(root, new Date(), new Date())
  }

  async function digestOf(root: string): Promise<ImportDone> {
    const lines: string[] = []
    for await (const entry of listTree(root)) lines.push(manifestLine(entry))
    const sum = createHash('sha256')
    for (const line of lines.toSorted()) sum.update(`${line}\n`)
    return { digest: sum.digest('hex'), entries: lines.length }
  }

  async function finish(id: string, token: string, entries: readonly ManifestEntry[]): Promise<ImportDone> {
    const present = instances.find(id)
    if (present) {
      if (present.holding.token() !== token) throw conflict('instance_exists', 'This server is here already.')
      await drop(id)
      return digestOf(present.folder.data)
    }
    const { root, received, spec, install } = find(id, token)
    const tree = path.join(root, 'tree')
    const check = createManifestCheck(spec)
    for (const entry of entries) check(entry)
    await assemble(tree, entries, received.fileOf)
    const done = await digestOf(tree)

    const target = instanceFolder(dataDir, id)
    if (fs.existsSync(target.spec)) throw conflict('instance_exists', `There is a server in ${target.root} already.`)
    // What an attempt that was cut off has left; without a spec it is no server.
    await rm(target.root, { recursive: true, force: true })
    await mkdir(target.root, { recursive: true, mode: 0o711 })
    fs.chmodSync(target.root, 0o711)
    await rename(tree, target.data)
    await instances.adopt(spec, { hold: token, install })
    await drop(id)
    log.info({ instance: id, entries: done.entries }, 'a server has arrived; it is held until its move is decided')
    return done
  }

  return {
    begin: (id: string, request: ImportRequest) => inTurn(() => begin(id, request)),
    finish: (id: string, token: string, entries: readonly ManifestEntry[]) => inTurn(() => finish(id, token, entries)),
    /** Throws when this machine does not know of this move. */
    find,
    received: (id: string, token: string): Promise<Received[]> => find(id, token).received.list(),
    /** As if it had never come. A server that is not held by this token any more stays. */
    undo: (id: string, token: string) =>
      inTurn(async () => {
        undone.add(token)
        for (const oldest of undone) if (undone.size > UNDONE_KEPT) undone.delete(oldest)
        if (instances.find(id)?.holding.token() === token) await instances.removeMoved(id, token)
        if (open.get(id)?.token === token || (await isEmpty(path.join(folder, id)))) await drop(id)
      }),
    close: async () => {
      await Promise.all([...open.values()].map(({ received }) => received.close()))
      await turns
    },
  }
}

const isEmpty = async (root: string) => !(await stat(path.join(root, 'import.json')).catch(() => undefined))
