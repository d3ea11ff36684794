/** The shell that is open on a machine in this tab of the browser, so that a reload comes back to it. */
export type KeptShell = { login: string; session?: string }

const keyOf = (nodeId: string) => `ssh-shell.${nodeId}`

export function readShell(nodeId: string): KeptShell | undefined {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(keyOf(nodeId)) ?? 'null')
    if (typeof kept !== 'object' || kept === null) return undefined
    if (!('login' in kept) || typeof kept.login !== 'string') return undefined
    const session = 'session' in kept && typeof kept.session === 'string' ? kept.session : undefined
    // One without a session had not begun, or had ended.
    return session === undefined ? undefined : { login: kept.login, session }
  } catch {
    return undefined
  }
}

export function keepShell(nodeId: string, shell: KeptShell | undefined): void {
  if (shell) sessionStorage.setItem(keyOf(nodeId), JSON.stringify(shell))
  else sessionStorage.removeItem(keyOf(nodeId))
}
