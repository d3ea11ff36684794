import type { Say } from './messages.ts'
import type { ServerLine } from './servers.ts'

export type Note = { title: string; body: string }

/** What the system shows when a server crashed. Control characters of a hostile name or reason are left out. */
export function crashNote({ name, state_reason }: Pick<ServerLine, 'name' | 'state_reason'>, say: Say): Note {
  const reason = clean(state_reason ?? '', 240)
  return { title: say('crashed', { name: clean(name, 80) }), body: reason || say('crashedWithoutReason') }
}

function clean(text: string, length: number): string {
  const plain = text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ').trim()
  return plain.length > length ? `${plain.slice(0, length - 1)}…` : plain
}
