/**
 * Runs `work` while no other tab of this origin does. Plain http on a LAN address is no secure context and has no
 * navigator.locks; there a short lease in localStorage keeps tabs apart, and the server forgives the rest.
 */
export async function withTabLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  if ('locks' in navigator) return navigator.locks.request(name, work)
  const me = `${Date.now()}.${Math.random()}`
  const key = `${name}.lease`
  const LEASE_MS = 10_000
  for (let waited = 0; waited < LEASE_MS; waited += 50) {
    const until = Number(localStorage.getItem(key)?.split('|')[1] ?? 0)
    if (until < Date.now()) {
      localStorage.setItem(key, `${me}|${Date.now() + LEASE_MS}`)
      await pause(20)
      if (localStorage.getItem(key)?.startsWith(`${me}|`)) break
    }
    await pause(50)
  }
  try {
    return await work()
  } finally {
    if (localStorage.getItem(key)?.startsWith(`${me}|`)) localStorage.removeItem(key)
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
