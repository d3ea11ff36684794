import type { FitAddon } from '@xterm/addon-fit'
import type { SearchAddon } from '@xterm/addon-search'
import type { Terminal } from '@xterm/xterm'
import type { Operation } from '#contract/operation'
import { copyText } from '../../lib/clipboard.ts'
import { formatBytes } from '../../lib/format.ts'
import { t } from '../../lib/i18n.ts'
import { openSocket } from '../../lib/socket.ts'
import { onThemeChange } from '../../lib/theme.ts'
import { hardenShell } from './harden.ts'
import { openOutputSession, type OutputSession, type OutputStatus } from './output-session.ts'
import { isHarmlessPaste, pastedText } from './shell-paste.ts'
import { searchColours, shellTheme } from './terminal-theme.ts'

const SCROLLBACK = 10_000
const RESIZE_MS = 120
const INPUT_MAX = 32 * 1024

/** Which socket of the contract a shell is behind, and what is asked of it beside the session and the size. */
export type ShellSocket = { op: Operation; params: Record<string, unknown>; query?: Record<string, unknown> }

export type ShellState = {
  status: OutputStatus
  results: { index: number; count: number }
  refusal: { code: string; error: string } | undefined
  login: string | undefined
  isRecorded: boolean
  isAtEnd: boolean
}

type Options = {
  socket: ShellSocket
  /** Come back to this one. */
  session: string | undefined
  label: string
  fontSize: number
  onSession: (id: string | undefined) => void
  /** Several lines, or keys that a paste brought along: a person looks first. */
  onPaste: (text: string) => void
  onSearchKey: () => void
  onLeave: () => void
}

export const idleShell: ShellState = {
  status: { kind: 'connecting' },
  results: { index: -1, count: 0 },
  refusal: undefined,
  login: undefined,
  isRecorded: false,
  isAtEnd: true,
}

/** A shell on the page: its screen, its session, and a small state that React may look at. Bytes never go through React. */
export class ShellScreen {
  private readonly options: Options
  private readonly listeners = new Set<() => void>()
  private readonly cleanups: (() => void)[] = []
  private state: ShellState = idleShell
  private terminal: Terminal | undefined
  private fitAddon: FitAddon | undefined
  private searchAddon: SearchAddon | undefined
  private session: OutputSession | undefined
  private sessionId: string | undefined
  private resizing: ReturnType<typeof setTimeout> | undefined
  private hasStarted = false
  /** What was shown before a reload is shown again, so many bytes more. */
  private isReplaying = false
  private replayLeft = 0
  private isClosed = false
  private isCtrl = false

  constructor(options: Options) {
    this.options = options
    this.sessionId = options.session
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }
  getState = (): ShellState => this.state

  private become(next: Partial<ShellState>): void {
    this.state = { ...this.state, ...next }
    for (const listener of this.listeners) listener()
  }

  /** Throws when the terminal's code cannot be fetched. */
  async open(host: HTMLElement): Promise<void> {
    const [{ Terminal }, { FitAddon }, { SearchAddon }] = await Promise.all([
      import('@xterm/xterm'),
      import('@xterm/addon-fit'),
      import('@xterm/addon-search'),
      import('@xterm/xterm/css/xterm.css'),
      // Columns are measured with the font; measured too early they would be those of the fallback.
      document.fonts.load("13px 'JetBrains Mono Variable'").catch(() => undefined),
    ])
    if (this.isClosed) return
    const terminal = new Terminal({
      allowProposedApi: true,
      cursorBlink: false,
      cursorStyle: 'block',
      drawBoldTextInBrightColors: false,
      fontFamily: getComputedStyle(host).fontFamily,
      fontSize: this.options.fontSize,
      lineHeight: 1.2,
      macOptionIsMeta: true,
      minimumContrastRatio: 4.5,
      scrollback: SCROLLBACK,
      theme: shellTheme(host),
    })
    this.terminal = terminal
    this.fitAddon = new FitAddon()
    this.searchAddon = new SearchAddon({ highlightLimit: 2_000 })
    terminal.loadAddon(this.fitAddon)
    terminal.loadAddon(this.searchAddon)
    hardenShell(terminal, () => this.isReplaying)
    terminal.open(host)
    terminal.textarea?.setAttribute('aria-label', this.options.label)
    this.listen(terminal, host)
    this.fit(host)
    this.connect()
  }

  private listen(terminal: Terminal, host: HTMLElement): void {
    terminal.onData((data) => this.type(data))
    terminal.onResize(() => this.resizeSoon())
    const look = () => {
      const { viewportY, baseY } = terminal.buffer.active
      if (viewportY >= baseY !== this.state.isAtEnd) this.become({ isAtEnd: viewportY >= baseY })
    }
    terminal.onScroll(look)
    terminal.onRender(look)
    this.searchAddon?.onDidChangeResults(({ resultIndex, resultCount }) =>
      this.become({ results: { index: resultIndex, count: resultCount } }),
    )
    terminal.attachCustomKeyEventHandler((event) => this.handleKey(event))
    const paste = (event: ClipboardEvent) => {
      event.preventDefault()
      event.stopPropagation()
      const text = pastedText(event.clipboardData?.getData('text/plain') ?? '')
      if (text === '') return
      if (isHarmlessPaste(text)) this.paste(text)
      else this.options.onPaste(text)
    }
    host.addEventListener('paste', paste, true)
    const observer = new ResizeObserver(() => this.fit(host))
    observer.observe(host)
    this.cleanups.push(
      () => host.removeEventListener('paste', paste, true),
      () => observer.disconnect(),
      onThemeChange(() => {
        terminal.options.theme = shellTheme(host)
      }),
    )
  }

  /** The few keys that are ours; every other is the shell's. */
  private handleKey(event: KeyboardEvent): boolean {
    const key = event.key.toLowerCase()
    const isOurs = event.ctrlKey && event.shiftKey && !event.altKey
    if (isOurs && key === 'v') return false
    const act = isOurs
      ? { c: () => void this.copy(), f: () => this.options.onSearchKey() }[key]
      : event.ctrlKey && event.key === 'F6'
        ? () => this.options.onLeave()
        : undefined
    if (!act) return true
    event.preventDefault()
    if (event.type === 'keydown') act()
    return false
  }

  private connect(): void {
    const { terminal } = this
    const { socket, onSession } = this.options
    if (!terminal || this.isClosed) return
    this.hasStarted = false
    this.session = openOutputSession({
      connect: ({ query, ...handlers }) =>
        openSocket({
          op: socket.op,
          input: () => {
            const asked = query()
            const { cols, rows } = terminal
            return {
              params: socket.params,
              query: {
                ...socket.query,
                ...(this.sessionId === undefined
                  ? { cols, rows }
                  : { session: this.sessionId, ...('from' in asked && { from: asked.from }) }),
              },
            } as never
          },
          ...handlers,
        }),
      sink: {
        write: (bytes, done) => {
          this.replayLeft -= bytes.length
          const isLast = this.isReplaying && this.replayLeft <= 0
          terminal.write(bytes, () => {
            if (isLast) this.isReplaying = false
            done()
          })
        },
        gap: (start, end) =>
          terminal.write(`\r\n\x1b[0;2;7m ${t('terminal.gap', { size: formatBytes(end - start) })} \x1b[0m\r\n`),
        restart: () => terminal.reset(),
      },
      onStart: (start) => {
        if (!('session' in start)) return
        if (!this.hasStarted && start.newest > start.offset) {
          this.isReplaying = true
          this.replayLeft = start.newest - start.offset
        }
        this.hasStarted = true
        this.sessionId = start.session
        onSession(start.session)
        this.become({ login: start.login, isRecorded: start.is_recorded })
      },
      onStatus: (status) => this.follow(status),
      onRefused: (refusal) => this.become({ refusal }),
    })
    this.session.resize(terminal.cols, terminal.rows)
  }

  private follow(status: OutputStatus): void {
    // One that is not there any more after a reload is no news: a new one takes its place.
    if (status.kind === 'over' && !this.hasStarted && this.sessionId !== undefined && status.end.reason === 'lost') {
      this.sessionId = undefined
      this.options.onSession(undefined)
      return this.connect()
    }
    if (status.kind === 'over') {
      this.sessionId = undefined
      this.options.onSession(undefined)
      if (this.terminal) this.terminal.options.disableStdin = true
    }
    this.become({ status })
  }

  /** Another shell on the same screen, after one has ended; or this one again, from another window. */
  reopen(): void {
    if (!this.terminal) return
    this.session?.close()
    this.terminal.reset()
    this.terminal.options.disableStdin = false
    this.become({ status: { kind: 'connecting' }, refusal: undefined })
    this.connect()
    this.focus()
  }

  type(data: string): void {
    if (this.state.refusal) this.become({ refusal: undefined })
    const text = this.isCtrl ? this.withCtrl(data) : data
    for (let at = 0; at < text.length; at += INPUT_MAX) this.session?.type(text.slice(at, at + INPUT_MAX))
  }

  /** The Ctrl key of the row on a phone holds for the next key. */
  private withCtrl(data: string): string {
    this.isCtrl = false
    const code = data.toUpperCase().charCodeAt(0)
    return data.length === 1 && code >= 64 && code < 96 ? String.fromCharCode(code - 64) : data
  }
  holdCtrl(isHeld: boolean): void {
    this.isCtrl = isHeld
    this.focus()
  }

  /** A key by its name, as a program knows it in the mode that it chose. */
  press(key: 'Escape' | 'Tab' | 'ArrowUp' | 'ArrowDown' | 'ArrowLeft' | 'ArrowRight'): void {
    const lead = this.terminal?.modes.applicationCursorKeysMode ? '\x1bO' : '\x1b['
    const arrows = { ArrowUp: 'A', ArrowDown: 'B', ArrowRight: 'C', ArrowLeft: 'D' }
    this.type(key === 'Escape' ? '\x1b' : key === 'Tab' ? '\t' : lead + arrows[key])
    this.focus()
  }

  paste(text: string): void {
    this.terminal?.paste(text)
    this.focus()
  }

  find(text: string, direction: 'next' | 'previous' | 'typing', isCaseSensitive: boolean): void {
    const host = this.terminal?.element
    if (!host || text === '') return this.stopSearch()
    const options = {
      caseSensitive: isCaseSensitive,
      incremental: direction === 'typing',
      decorations: searchColours(host),
    }
    if (direction === 'next') this.searchAddon?.findNext(text, options)
    else this.searchAddon?.findPrevious(text, options)
  }
  stopSearch(): void {
    this.searchAddon?.clearDecorations()
    this.terminal?.clearSelection()
    this.become({ results: { index: -1, count: 0 } })
  }

  hasSelection = (): boolean => this.terminal?.hasSelection() ?? false
  /** What is selected; false where there is nothing, or the browser does not allow it. */
  async copy(): Promise<boolean> {
    const text = this.terminal?.getSelection() ?? ''
    return text !== '' && copyText(text)
  }

  setFontSize(size: number): void {
    if (!this.terminal) return
    this.terminal.options.fontSize = size
    this.fitAddon?.fit()
  }

  private fit(host: HTMLElement): void {
    // A hidden tab has no size, and a terminal of two columns would wrap everything it holds.
    if (host.clientWidth < 40 || host.clientHeight < 20) return
    this.fitAddon?.fit()
  }
  /** Programs hear of the size when it rests: dragging an edge would make them draw themselves a hundred times. */
  private resizeSoon(): void {
    clearTimeout(this.resizing)
    this.resizing = setTimeout(() => {
      if (this.terminal) this.session?.resize(this.terminal.cols, this.terminal.rows)
    }, RESIZE_MS)
  }

  toEnd = (): void => this.terminal?.scrollToBottom()
  focus = (): void => this.terminal?.focus()
  retry = (): void => this.session?.retry()

  /** Ends the shell itself: nobody comes back to it. */
  end(): void {
    this.session?.end()
  }

  /** Leaves it; the shell waits for a while. */
  close(): void {
    this.isClosed = true
    clearTimeout(this.resizing)
    for (const cleanup of this.cleanups) cleanup()
    this.session?.close()
    this.terminal?.dispose()
    this.listeners.clear()
  }
}
