import type { Logger } from '#agent/logger'
import { agentVersion } from '#agent/version'
import { endTrial, failTrial, type Place, readTrial } from './place.ts'

/** So long a new version has to reach the control plane. */
const TRIAL_MS = 120_000

/** A version that is new here proves itself: it is kept once the control plane has told it what to run, else the one before returns. */
export function beginTrial({
  place,
  log,
  onFailed,
  trialMs = TRIAL_MS,
}: {
  place: Place | undefined
  log: Logger
  onFailed: () => void
  trialMs?: number
}) {
  const isOnTrial = place !== undefined && readTrial(place)?.to === place.folder
  const timer = isOnTrial
    ? setTimeout(() => {
        log.error({ version: agentVersion }, 'this version did not reach the control plane; the one before returns')
        failTrial(
          place,
          agentVersion,
          `It did not reach the control plane within ${Math.round(trialMs / 1000)} seconds.`,
        ).then(onFailed, (error: unknown) => log.error({ err: error }, 'the version before could not be called back'))
      }, trialMs)
    : undefined
  if (isOnTrial) log.info({ version: agentVersion }, 'this version is new here, and is kept once it is connected')

  return {
    /** The control plane has taken us in. */
    accepted(): void {
      if (!timer || !place || readTrial(place)?.to !== place.folder) return
      clearTimeout(timer)
      endTrial(place)
      log.info({ version: agentVersion }, 'the update is complete')
    },
    close: () => clearTimeout(timer),
  }
}
