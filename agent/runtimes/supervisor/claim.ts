import fs from 'node:fs'
import path from 'node:path'
import { errorCode, readJsonSync } from '../../state.ts'
import type { ProcessIdentity } from '../process-table.ts'

/** Who holds a run: a supervisor, or nobody any more because an agent gave the run up before it began. */
export type Claim = { supervisor: ProcessIdentity | null }

const claimPath = (folder: string, run: number) => path.join(folder, `claim-${run}.json`)

/**
 * Claims a run for good; false when somebody did before. A hard link appears whole or not at all and never replaces, so
 * of a slow supervisor and the agent that gave it up only one can win: this is what keeps a server from running twice.
 */
export function claimRun(folder: string, run: number, claim: Claim): boolean {
  const temporary = path.join(folder, `.claim-${run}-${process.pid}.tmp`)
  fs.writeFileSync(temporary, JSON.stringify(claim), { mode: 0o600 })
  try {
    fs.linkSync(temporary, claimPath(folder, run))
    return true
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    throw error
  } finally {
    fs.rmSync(temporary, { force: true })
  }
}

export const readClaim = (folder: string, run: number) => readJsonSync(claimPath(folder, run)) as Claim | undefined

/** Forgets the claims of runs before `run`. */
export function dropOldClaims(folder: string, run: number): void {
  for (const name of fs.readdirSync(folder)) {
    const number = /^claim-(\d+)\.json$/.exec(name)?.[1]
    if (number && Number(number) < run) fs.rmSync(path.join(folder, name), { force: true })
  }
}
