import type { ITheme, Terminal } from '@xterm/xterm'
import type { FitAddon } from '@xterm/addon-fit'
import type { SearchAddon } from '@xterm/addon-search'
import { onThemeChange } from '../../lib/theme.ts'
import { harden } from '../../components/terminal/harden.ts'
import { searchColours, terminalTheme } from '../../components/terminal/terminal-theme.ts'

const SCROLLBACK = 10_000

export type TerminalView = {
  isFollowing: boolean
  /** Lines that arrived below while the reader was further up. */
  newLines: number
}

export type TerminalOptions = {
  label: string
  fontSize?: number
  onView: (view: TerminalView) => void
  onResize: (cols: number, rows: number) => void
  onResults: (results: { index: number; count: number }) => void
  /** A character typed or a text pasted while the output had the focus: it belongs into the input line. */
  onTyped: (text: string) => void
  onSearchKey: () => void
}

type Parts = { terminal: Terminal; fit: FitAddon; search: SearchAddon }

/** The screen of a console. Bytes go from the socket into it and never through React. Fetched only when one is shown. */
export async function openTerminal(host: HTMLElement, options: TerminalOptions): Promise<ConsoleTerminal> {
  const [{ Terminal }, { FitAddon }, { SearchAddon }] = await Promise.all([
    import('@xterm/xterm'),
    import('@xterm/addon-fit'),
    import('@xterm/addon-search'),
    import('@xterm/xterm/css/xterm.css'),
    // Columns are measured with the font; measured too early they would be those of the fallback.
    document.fonts.load("13px 'JetBrains Mono Variable'").catch(() => undefined),
  ])
  const terminal = new Terminal({
    allowProposedApi: true,
    convertEol: true,
    cursorInactiveStyle: 'none',
    cursorStyle: 'bar',
    disableStdin: true,
    drawBoldTextInBrightColors: false,
    fontFamily: getComputedStyle(host).fontFamily,
    fontSize: options.fontSize ?? 12.5,
    lineHeight: 1.3,
    minimumContrastRatio: 4.5,
    scrollback: SCROLLBACK,
    theme: terminalTheme(host),
  })
  const fit = new FitAddon()
  const search = new SearchAddon({ highlightLimit: 2_000 })
  terminal.loadAddon(fit)
  terminal.loadAddon(search)
  return new ConsoleTerminal(host, options, { terminal, fit, search })
}

export class ConsoleTerminal {
  private readonly host: HTMLElement
  private readonly options: TerminalOptions
  private readonly terminal: Terminal
  private readonly fitAddon: FitAddon
  private readonly searchAddon: SearchAddon
  private readonly cleanups: (() => void)[] = []
  private view: TerminalView = { isFollowing: true, newLines: 0 }
  private missedLines = 0
  private frame = 0

  constructor(host: HTMLElement, options: TerminalOptions, { terminal, fit, search }: Parts) {
    this.host = host
    this.options = options
    this.terminal = terminal
    this.fitAddon = fit
    this.searchAddon = search
    harden(terminal)
    terminal.open(host)
    terminal.textarea?.setAttribute('aria-label', options.label)
    this.listen()
    this.fit()
  }

  private listen(): void {
    const { terminal, host, options } = this
    terminal.onLineFeed(() => {
      if (!this.isAtEnd()) this.missedLines += 1
    })
    terminal.onRender(() => this.lookSoon())
    terminal.onScroll(() => this.lookSoon())
    terminal.onResize(({ cols, rows }) => options.onResize(cols, rows))
    this.searchAddon.onDidChangeResults(({ resultIndex, resultCount }) =>
      options.onResults({ index: resultIndex, count: resultCount }),
    )
    terminal.attachCustomKeyEventHandler((event) => this.handleKey(event))
    const paste = (event: ClipboardEvent) => {
      event.preventDefault()
      event.stopPropagation()
      options.onTyped(event.clipboardData?.getData('text/plain') ?? '')
    }
    host.addEventListener('paste', paste, true)
    const observer = new ResizeObserver(() => this.fit())
    observer.observe(host)
    this.cleanups.push(
      () => host.removeEventListener('paste', paste, true),
      () => observer.disconnect(),
      onThemeChange(() => this.paint()),
    )
  }

  /** Keys move through the output or leave it; xterm itself handles none, so that Tab is no trap and nothing is typed unseen. */
  private handleKey(event: KeyboardEvent): boolean {
    if (event.type !== 'keydown') return false
    const { terminal } = this
    const page = Math.max(1, terminal.rows - 1)
    const scrolls: Record<string, () => void> = {
      PageUp: () => terminal.scrollLines(-page),
      PageDown: () => terminal.scrollLines(page),
      ArrowUp: () => terminal.scrollLines(-1),
      ArrowDown: () => terminal.scrollLines(1),
      Home: () => terminal.scrollToTop(),
      End: () => terminal.scrollToBottom(),
    }
    const isCommand = event.ctrlKey || event.metaKey
    const scroll = event.altKey || isCommand ? undefined : scrolls[event.key]
    if (scroll) {
      event.preventDefault()
      scroll()
    } else if (isCommand && event.key.toLowerCase() === 'f') {
      event.preventDefault()
      this.options.onSearchKey()
    } else if (isCommand && event.key.toLowerCase() === 'a') {
      event.preventDefault()
      terminal.selectAll()
    } else if (!isCommand && !event.altKey && event.key.length === 1) {
      event.preventDefault()
      this.options.onTyped(event.key)
    }
    return false
  }

  private isAtEnd(): boolean {
    const { viewportY, baseY } = this.terminal.buffer.active
    return viewportY >= baseY
  }

  /** Tells what changed at most once a frame, whatever the output's speed. */
  private lookSoon(): void {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0
      const isFollowing = this.isAtEnd()
      if (isFollowing) this.missedLines = 0
      if (isFollowing === this.view.isFollowing && this.missedLines === this.view.newLines) return
      this.view = { isFollowing, newLines: this.missedLines }
      this.options.onView(this.view)
    })
  }

  private paint(): void {
    const theme: ITheme = terminalTheme(this.host)
    this.terminal.options.theme = theme
  }

  private fit(): void {
    // A hidden tab has no size, and a terminal of two columns would wrap everything it holds.
    if (this.host.clientWidth < 40 || this.host.clientHeight < 20) return
    this.fitAddon.fit()
  }

  get size(): { cols: number; rows: number } {
    return { cols: this.terminal.cols, rows: this.terminal.rows }
  }

  /** `done` follows when the bytes were taken in, not when they were handed over. */
  write(data: string | Uint8Array, done?: () => void): void {
    this.terminal.write(data, done)
  }

  /** A line of ours between those of the program; never from the network. */
  note(text: string): void {
    this.terminal.write(`\r\n\x1b[0;2;7m ${text} \x1b[0m\r\n`)
  }

  /** Empties the screen; the log itself stays. */
  clear(): void {
    this.terminal.reset()
    this.missedLines = 0
    this.lookSoon()
  }

  follow(): void {
    this.terminal.scrollToBottom()
  }

  find(text: string, direction: 'next' | 'previous' | 'typing', caseSensitive: boolean): void {
    if (text === '') return this.stopSearch()
    const options = { caseSensitive, incremental: direction === 'typing', decorations: searchColours(this.host) }
    if (direction === 'next') this.searchAddon.findNext(text, options)
    else this.searchAddon.findPrevious(text, options)
  }

  stopSearch(): void {
    this.searchAddon.clearDecorations()
    this.terminal.clearSelection()
    this.options.onResults({ index: -1, count: 0 })
  }

  /** What is selected, else everything; lines that the screen broke are whole again. */
  text(): string {
    const { terminal } = this
    if (terminal.hasSelection()) return terminal.getSelection()
    const buffer = terminal.buffer.active
    const lines: string[] = []
    for (let at = 0; at < buffer.length; at++) {
      const line = buffer.getLine(at)
      if (!line) continue
      const isBroken = buffer.getLine(at + 1)?.isWrapped === true
      const text = line.translateToString(!isBroken)
      if (line.isWrapped && lines.length > 0) lines[lines.length - 1] += text
      else lines.push(text)
    }
    return lines.join('\n').trimEnd()
  }

  setFontSize(size: number): void {
    this.terminal.options.fontSize = size
    this.fit()
  }

  focus(): void {
    this.terminal.focus()
  }

  dispose(): void {
    cancelAnimationFrame(this.frame)
    for (const cleanup of this.cleanups) cleanup()
    this.terminal.dispose()
  }
}
