const RECONCILE_MS = 10_000

/** Calls `round` every ten seconds, one at a time, until closed. A round that fails is reported and the next one comes. */
export function startReconciling(
  round: () => Promise<void> | void,
  onError: (error: unknown) => void,
  everyMs = RECONCILE_MS,
) {
  let under = false
  const timer = setInterval(() => {
    if (under) return
    under = true
    Promise.resolve()
      .then(round)
      .catch(onError)
      .finally(() => (under = false))
  }, everyMs)
  return { close: () => clearInterval(timer) }
}
