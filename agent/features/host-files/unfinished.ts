import path from 'node:path'
import fs from 'node:fs/promises'
import { type Static, Type as T } from 'typebox'
import { Check } from 'typebox/value'
import { AgentError } from '#agent/errors'
import { look } from '#agent/files/walker'
import { readJsonSync, writeJson } from '#agent/state'
import type { Allowed } from './allowed.ts'
import { isTemporary } from './upload-names.ts'

const MAX = 1000
const DAY = 24 * 3600_000

const Entries = T.Array(T.Object({ folder: T.String(), name: T.String() }))

/** Where uploads were begun, on disk, so that what nobody goes on with is found again and removed. */
export function createUnfinished({ dataDir, allowed, now }: { dataDir: string; allowed: Allowed; now: () => number }) {
  const file = path.join(dataDir, 'uploads.json')
  const kept = readJsonSync(file)
  let entries: Static<typeof Entries> = Check(Entries, kept) ? kept : []
  let saving = Promise.resolve()

  function save(): Promise<void> {
    saving = saving.then(
      () => writeJson(file, entries),
      () => writeJson(file, entries),
    )
    return saving
  }
  const without = (folder: string, name: string) =>
    entries.filter((entry) => entry.folder !== folder || entry.name !== name)

  return {
    /** Before the first byte is written. */
    async note(folder: string, name: string): Promise<void> {
      const others = without(folder, name)
      if (others.length >= MAX) {
        throw new AgentError(
          503,
          'agent_busy',
          'Too many uploads to this machine are unfinished. Finish or cancel some.',
        )
      }
      if (others.length < entries.length) return
      entries = [...others, { folder, name }]
      await save()
    },
    async forget(folder: string, name: string): Promise<void> {
      const others = without(folder, name)
      if (others.length === entries.length) return
      entries = others
      await save()
    },
    /** Removes what nobody has written to for a day. */
    async sweep(isBusy: (name: string) => boolean): Promise<void> {
      for (const { folder: where, name } of entries) {
        if (isBusy(name) || !isTemporary(name)) continue
        try {
          await using folder = await allowed.folder(where)
          const stats = await look(folder, name)
          if (stats && now() - Number(stats.mtimeMs) < DAY) continue
          if (stats?.isFile()) await fs.unlink(folder.at(name))
        } catch (error) {
          // A folder that is gone took it along; one that is not allowed any more is not ours to clean.
          if (!(error instanceof AgentError)) continue
        }
        entries = without(where, name)
        await save()
      }
    },
  }
}
