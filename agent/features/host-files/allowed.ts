import type { BigIntStats } from 'node:fs'
import fs from 'node:fs/promises'
import path from 'node:path'
import { agentFiles } from '#contract/agent'
import { AgentError } from '#agent/errors'
import { notAllowed, telling } from '#agent/files/errors'
import { enter, type Folder, type Guard, openFolder } from '#agent/files/walker'
import { isKernels } from './kernel-files.ts'

/** What this machine's owner allows; see `AgentSettings`. */
export type HostFileSettings = { paths: readonly string[]; writable?: boolean | undefined }

const MAX_BYTES = 4096

const isProtected = (shown: string) =>
  new AgentError(403, 'path_protected', `${shown} belongs to Shardlyn itself, and is neither shown nor changed here.`)

const identityOf = ({ dev, ino }: BigIntStats) => `${dev}:${ino}`

const stat = (file: string) => fs.stat(file, { bigint: true }).catch(() => undefined)

/** The names of an absolute path. */
export function namesOf(absolute: string): string[] {
  const names = absolute.split('/').filter(Boolean)
  const isStrange = !absolute.startsWith('/') || absolute.includes('\0') || Buffer.byteLength(absolute) > MAX_BYTES
  if (isStrange || names.some((name) => name === '.' || name === '..')) {
    throw notAllowed('A path begins with / and has no . or .. in it.')
  }
  return names
}

/** The folders that may be entered, and what in them stays closed all the same. */
export function createAllowed({ dataDir, settings }: { dataDir: string; settings: HostFileSettings | undefined }) {
  const roots = (settings?.paths ?? []).map((each) => ({ shown: `/${namesOf(each).join('/')}`, names: namesOf(each) }))
  /** Where an allowed path really is: asked once, so that a link put there later leads nowhere. */
  const real = new Map<string, string>()

  async function realOf(shown: string): Promise<string> {
    const known = real.get(shown) ?? (await telling(shown, () => fs.realpath(shown)))
    real.set(shown, known)
    return known
  }

  /** By what they are and not by name: a mount or another name of them is the same thing. */
  async function guard(): Promise<Guard> {
    const secrets = [agentFiles.identity, agentFiles.settings, agentFiles.token, agentFiles.server]
    const around = path.dirname(dataDir)
    const closed = [dataDir, ...secrets.map((name) => path.join(dataDir, name))]
    // The control plane on this machine keeps its own secrets around the agent's folder.
    if (await stat(path.join(around, 'shardlyn.db'))) closed.push(around)
    const identities = new Set(
      (await Promise.all(closed.map(stat))).flatMap((each) => (each ? [identityOf(each)] : [])),
    )
    const seen = new Map<bigint, boolean>()
    return async (stats, shown, address) => {
      if (identities.has(identityOf(stats))) throw isProtected(shown)
      const kernels = seen.get(stats.dev) ?? (await isKernels(address))
      seen.set(stats.dev, kernels)
      if (kernels) {
        throw new AgentError(
          403,
          'path_protected',
          `${shown} is a view into the running system, and not a file on a disk.`,
        )
      }
    }
  }

  function rootOf(names: readonly string[]) {
    if (roots.length === 0) {
      throw new AgentError(
        403,
        'host_files_disabled',
        'Files are switched off on this machine. Its owner allows folders in agent.json.',
      )
    }
    const within = roots.filter((root) => root.names.every((name, at) => names[at] === name))
    const [deepest] = within.toSorted((a, b) => b.names.length - a.names.length)
    if (!deepest) throw notAllowed(`/${names.join('/')} is not below a folder that this machine allows.`)
    return deepest
  }

  /** The folder at a path. */
  async function folderAt(names: readonly string[], by: Guard): Promise<Folder> {
    const root = rootOf(names)
    let folder = { ...(await openFolder(await realOf(root.shown), by)), path: root.shown }
    for (const name of names.slice(root.names.length)) {
      const before = folder
      try {
        folder = await enter(before, name, by)
      } finally {
        await before[Symbol.asyncDispose]()
      }
    }
    return folder
  }

  return {
    roots: roots.map(({ shown }) => shown),
    isWritable: settings?.writable ?? false,
    requireWritable() {
      if (settings?.writable) return
      throw new AgentError(403, 'host_files_read_only', 'This machine allows its files to be read, not to be changed.')
    },

    async folder(absolute: string): Promise<Folder> {
      const names = namesOf(absolute)
      rootOf(names)
      return folderAt(names, await guard())
    },

    /** The folder that a file is in, and its name there. */
    async place(absolute: string): Promise<{ folder: Folder; name: string; guard: Guard; shown: string }> {
      const names = namesOf(absolute)
      const name = names.pop()
      const by = await guard()
      if (name === undefined) throw notAllowed('This is a folder.')
      // An allowed folder itself is no file, and what is around it is not ours to look at.
      return { folder: await folderAt(names, by), name, guard: by, shown: `/${[...names, name].join('/')}` }
    },
  }
}
export type Allowed = ReturnType<typeof createAllowed>
