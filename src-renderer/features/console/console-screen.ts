import { getLogHistory, openConsole, openLogs } from '#contract/console'
import { call } from '../../lib/api.ts'
import { copyText } from '../../lib/clipboard.ts'
import { formatBytes } from '../../lib/format.ts'
import { t } from '../../lib/i18n.ts'
import { openSocket } from '../../lib/socket.ts'
import {
  type OutputConnect,
  type OutputSession,
  type OutputStatus,
  openOutputSession,
} from '../../components/terminal/output-session.ts'
import { LineStamper } from './line-stamper.ts'
import { stampOf } from './stamp.ts'
import { type ConsoleTerminal, openTerminal, type TerminalView } from './terminal.ts'

/** What the page around the output shows of it. The output itself is in the terminal. */
export type ScreenState = {
  status: OutputStatus
  view: TerminalView
  results: { index: number; count: number }
  refusal: { code: string; error: string } | undefined
  hasTimes: boolean
}

type Options = {
  instanceId: string
  /** False reads only, by the socket of the logs. */
  isInteractive: boolean
  label: string
  fontSize: number
  onTyped: (text: string) => void
  onSearchKey: () => void
}

const LINES_WITH_TIMES = 1000
const RESIZE_MS = 150

/** One console on the page: its terminal and its session, and a small state that React may look at. */
export class ConsoleScreen {
  private readonly options: Options
  private readonly listeners = new Set<() => void>()
  private state: ScreenState
  private terminal: ConsoleTerminal | undefined
  private session: OutputSession | undefined
  private resizing: ReturnType<typeof setTimeout> | undefined
  private isClosed = false

  constructor(options: Options) {
    this.options = options
    this.state = {
      status: { kind: 'connecting' },
      view: { isFollowing: true, newLines: 0 },
      results: { index: -1, count: 0 },
      refusal: undefined,
      hasTimes: false,
    }
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  getState = (): ScreenState => this.state

  private become(next: Partial<ScreenState>): void {
    this.state = { ...this.state, ...next }
    for (const listener of this.listeners) listener()
  }

  /** Throws when the terminal's code cannot be fetched. */
  async open(host: HTMLElement): Promise<void> {
    const { label, fontSize, onTyped, onSearchKey } = this.options
    const terminal = await openTerminal(host, {
      label,
      fontSize,
      onTyped,
      onSearchKey,
      onView: (view) => this.become({ view }),
      onResults: (results) => this.become({ results }),
      onResize: () => this.resizeSoon(),
    })
    if (this.isClosed) return terminal.dispose()
    this.terminal = terminal
    this.connect()
  }

  private connect(from?: number, stamper?: LineStamper): void {
    const { instanceId: id, isInteractive } = this.options
    const { terminal } = this
    if (!terminal || this.isClosed) return
    const connect: OutputConnect = ({ query, ...handlers }) =>
      openSocket({
        op: isInteractive ? openConsole : openLogs,
        input: () => ({ params: { id }, query: query() }),
        ...handlers,
      })
    this.session = openOutputSession({
      connect,
      ...(from !== undefined && { from }),
      sink: {
        write: (bytes, done) => terminal.write(stamper ? stamper.push(bytes) : bytes, done),
        gap: (start, end) => terminal.note(t('console.gap', { size: formatBytes(end - start) })),
        restart: () => terminal.note(t('console.restarted')),
      },
      onStatus: (status) => this.become({ status }),
      onRefused: (refusal) => this.become({ refusal }),
    })
    if (isInteractive) this.session.resize(terminal.size.cols, terminal.size.rows)
  }

  /** The program hears of the size when it rests: dragging a window's edge would make it draw itself a hundred times. */
  private resizeSoon(): void {
    if (!this.options.isInteractive) return
    clearTimeout(this.resizing)
    this.resizing = setTimeout(() => {
      if (this.terminal) this.session?.resize(this.terminal.size.cols, this.terminal.size.rows)
    }, RESIZE_MS)
  }

  /** False when it could not be sent. */
  type(data: string): boolean {
    if (this.state.refusal) this.become({ refusal: undefined })
    const sent = this.session?.type(data) ?? false
    if (sent) this.terminal?.follow()
    return sent
  }

  /** The last lines with the time of each, and every line from now on with its own. Throws when the machine is away. */
  async showTimes(hasTimes: boolean): Promise<void> {
    const { instanceId: id } = this.options
    const history = hasTimes
      ? await call(getLogHistory, { params: { id }, query: { limit: LINES_WITH_TIMES } })
      : undefined
    if (this.isClosed || !this.terminal) return
    this.session?.close()
    this.terminal.clear()
    this.become({ hasTimes, status: { kind: 'connecting' } })
    if (!history) return this.connect()
    const lines = history.items.map(
      ({ at, text }) => `${stampOf(at === null ? undefined : Date.parse(at))}${text}\x1b[0m\r\n`,
    )
    this.terminal.write(lines.join(''))
    this.connect(history.items.at(-1)?.next ?? history.newest, new LineStamper(() => stampOf(Date.now())))
  }

  find(text: string, direction: 'next' | 'previous' | 'typing', isCaseSensitive: boolean): void {
    this.terminal?.find(text, direction, isCaseSensitive)
  }

  stopSearch(): void {
    this.terminal?.stopSearch()
  }

  /** The number of lines that were copied; undefined where the browser did not allow it. */
  async copy(): Promise<number | undefined> {
    const text = this.terminal?.text() ?? ''
    return (await copyText(text)) ? text.split('\n').length : undefined
  }

  clear(): void {
    this.terminal?.clear()
  }

  follow(): void {
    this.terminal?.follow()
  }

  setFontSize(size: number): void {
    this.terminal?.setFontSize(size)
  }

  retry(): void {
    this.session?.retry()
  }

  close(): void {
    this.isClosed = true
    clearTimeout(this.resizing)
    this.session?.close()
    this.terminal?.dispose()
    this.listeners.clear()
  }
}
