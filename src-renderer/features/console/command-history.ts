const KEPT = 100
/** Servers whose history is remembered; the one used longest ago is forgotten first. */
const SERVERS = 50
const KEY = 'shardlyn.commands'

type Book = Record<string, string[]>
type Shelf = Pick<Storage, 'getItem' | 'setItem'>

function readBook(shelf: Shelf): Book {
  try {
    const value: unknown = JSON.parse(shelf.getItem(KEY) ?? '{}')
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return {}
    const sound = Object.entries(value).filter(
      (entry): entry is [string, string[]] =>
        Array.isArray(entry[1]) && entry[1].every((line) => typeof line === 'string'),
    )
    return Object.fromEntries(sound)
  } catch {
    return {}
  }
}

/** The commands that this browser sent to one server, walked with the arrow keys like a shell's. */
export class CommandHistory {
  private readonly id: string
  private readonly shelf: Shelf
  /** Commands back from the newest; 0 is the line being written. */
  private back = 0
  private draft = ''

  constructor(id: string, shelf: Shelf = localStorage) {
    this.id = id
    this.shelf = shelf
  }

  private lines(): string[] {
    return readBook(this.shelf)[this.id] ?? []
  }

  add(line: string): void {
    this.back = 0
    this.draft = ''
    if (line.trim() === '') return
    // Read again: another tab may have written since.
    const { [this.id]: mine = [], ...others } = readBook(this.shelf)
    const lines = mine.at(-1) === line ? mine : [...mine, line].slice(-KEPT)
    const kept = Object.entries(others).slice(1 - SERVERS)
    try {
      this.shelf.setItem(KEY, JSON.stringify(Object.fromEntries([...kept, [this.id, lines]])))
    } catch {
      // A full or forbidden store costs the history, not the command.
    }
  }

  /** The command before; undefined at the oldest. `current` is kept, so that coming back finds it. */
  previous(current: string): string | undefined {
    const lines = this.lines()
    if (this.back >= lines.length) return undefined
    if (this.back === 0) this.draft = current
    this.back += 1
    return lines.at(-this.back)
  }

  next(): string | undefined {
    if (this.back === 0) return undefined
    this.back -= 1
    return this.back === 0 ? this.draft : this.lines().at(-this.back)
  }
}
