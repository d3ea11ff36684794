import type { TerminalServerMessage } from '#contract/terminal'

/** How a shell ended, and why. */
export type TerminalEnd = Omit<Extract<TerminalServerMessage, { type: 'ended' }>, 'type'>
export type TerminalSize = { cols: number; rows: number }

/** What a source tells its session. */
export type TerminalEvents = {
  /** What the shell printed, in order. While paused none comes but what was under way. */
  bytes: (chunk: Buffer) => void
  /** So many bytes will never come. */
  gap: (bytes: number) => void
  /** The shell cannot be reached now, and is tried for. */
  lost: (reason: string) => void
  back: () => void
  /** Something that was typed was not taken; the shell goes on. */
  refused: (code: string, error: string) => void
  ended: (end: TerminalEnd) => void
}

/** A shell, wherever it runs: one under an agent, or a channel of SSH. After `ended` or `close` nothing is told any more. */
export type TerminalSource = {
  pause: () => void
  resume: () => void
  type: (data: Buffer) => void
  resize: (size: TerminalSize) => void
  /** Ends the shell; resolves once it was told to. Not called when it told of its end itself. */
  close: () => Promise<void> | void
}
/** Begins to listen to a shell. */
export type OpenSource = (events: TerminalEvents) => TerminalSource
