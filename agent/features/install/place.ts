import fs from 'node:fs'
import path from 'node:path'
import { isMissing, writeDurably } from '#agent/state'

/** Where the install script put us: `PREFIX/versions/FOLDER`, and beside it what its starter reads. */
export type Place = { prefix: string; folder: string; versions: string }

/** Undefined for an agent that runs otherwise: from source, or inside the app. */
export function findPlace(program = process.execPath): Place | undefined {
  // PREFIX/versions/FOLDER/bin/node
  const own = path.dirname(path.dirname(program))
  const versions = path.dirname(own)
  const prefix = path.dirname(versions)
  if (path.basename(versions) !== 'versions' || !fs.existsSync(path.join(prefix, 'start'))) return undefined
  return { prefix, folder: path.basename(own), versions }
}

const trialFile = ({ prefix }: Place) => path.join(prefix, 'trial')
const failedFile = ({ prefix }: Place) => path.join(prefix, 'failed')

function readWords(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8').trim()
  } catch (error) {
    if (isMissing(error)) return ''
    throw error
  }
}

/** What the starter tries now: a new version, until it has reached the control plane. */
export function readTrial(place: Place): { to: string; from: string } | undefined {
  const [to, from] = readWords(trialFile(place)).split(' ')
  return to && from ? { to, from } : undefined
}

/** From the next start on. The starter counts the tries and goes back to us when they are too many. */
export async function writeTrial(place: Place, to: string): Promise<void> {
  fs.rmSync(failedFile(place), { force: true })
  await writeDurably(trialFile(place), `${to} ${place.folder} 0\n`)
}

/** The new version works. */
export const endTrial = (place: Place): void => fs.rmSync(trialFile(place), { force: true })

/** The starter takes the version before from now on, and that one tells why. */
export async function failTrial(place: Place, version: string, reason: string): Promise<void> {
  const trial = readTrial(place)
  if (!trial) return
  await writeDurably(failedFile(place), `${version} ${reason}\n`, 0o644)
  await writeDurably(trialFile(place), `${trial.to} ${trial.from} 9\n`)
}

/** Why the version that was tried last is not the one that runs. */
export function readFailed(place: Place): { version: string; reason: string; at: string } | undefined {
  const file = failedFile(place)
  const words = readWords(file)
  const space = words.indexOf(' ')
  if (space < 1) return undefined
  return {
    version: words.slice(0, space).split('+')[0] ?? '',
    reason: words.slice(space + 1),
    at: fs.statSync(file).mtime.toISOString(),
  }
}

export const forgetFailed = (place: Place): void => fs.rmSync(failedFile(place), { force: true })
