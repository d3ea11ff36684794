import type { Terminal } from '@xterm/xterm'
import { harden } from '../../components/terminal/harden.ts'
import { terminalTheme } from '../../components/terminal/terminal-theme.ts'
import { onThemeChange } from '../../lib/theme.ts'
import { type Cast, sizeOf } from './asciicast.ts'

const TICK_MS = 40
/** As large as elsewhere, smaller where the screen that was recorded was wider; below the least one scrolls sideways. */
const FONT = { most: 12, least: 7 }
/** How wide a letter of the terminal's font is, of its height. */
const LETTER = 0.6

/** Keeps a terminal as wide as its box. */
function keepFitting(terminal: Terminal, box: HTMLElement): () => void {
  const fit = () => {
    const style = getComputedStyle(box)
    const room = box.clientWidth - Number.parseFloat(style.paddingLeft) - Number.parseFloat(style.paddingRight)
    const size = Math.floor((room / (terminal.cols * LETTER)) * 4) / 4
    terminal.options.fontSize = Math.min(FONT.most, Math.max(FONT.least, size))
  }
  fit()
  const observer = new ResizeObserver(fit)
  observer.observe(box)
  const resized = terminal.onResize(fit)
  return () => {
    observer.disconnect()
    resized.dispose()
  }
}

/** Plays a recording on a screen that nobody can type into. */
export class CastScreen {
  private readonly terminal: Terminal
  private readonly onPlace: (seconds: number, isPlaying: boolean) => void
  private readonly stopThemes: () => void
  private readonly stopFitting: () => void
  private cast: Cast
  private next = 0
  private place = 0
  private speed = 1
  private timer: ReturnType<typeof setInterval> | undefined

  private constructor(terminal: Terminal, host: HTMLElement, cast: Cast, onPlace: CastScreen['onPlace']) {
    this.terminal = terminal
    this.cast = cast
    this.onPlace = onPlace
    this.stopFitting = keepFitting(terminal, host.parentElement ?? host)
    this.stopThemes = onThemeChange(() => {
      terminal.options.theme = terminalTheme(host)
    })
  }

  static async open(host: HTMLElement, cast: Cast, onPlace: CastScreen['onPlace']): Promise<CastScreen> {
    const [{ Terminal }] = await Promise.all([
      import('@xterm/xterm'),
      import('@xterm/xterm/css/xterm.css'),
      document.fonts.load("13px 'JetBrains Mono Variable'").catch(() => undefined),
    ])
    const terminal = new Terminal({
      allowProposedApi: true,
      cols: cast.cols,
      rows: cast.rows,
      cursorInactiveStyle: 'outline',
      disableStdin: true,
      drawBoldTextInBrightColors: false,
      fontFamily: getComputedStyle(host).fontFamily,
      fontSize: FONT.most,
      minimumContrastRatio: 4.5,
      theme: terminalTheme(host),
    })
    harden(terminal)
    terminal.attachCustomKeyEventHandler(() => false)
    terminal.open(host)
    return new CastScreen(terminal, host, cast, onPlace)
  }

  private tell(): void {
    this.onPlace(this.place, this.timer !== undefined)
  }

  private show(upTo: number): void {
    const { events } = this.cast
    let output = ''
    for (let event = events[this.next]; event && event.at <= upTo; event = events[++this.next]) {
      if (event.kind === 'output') output += event.data
      const size = event.kind === 'resize' ? sizeOf(event.data) : undefined
      if (!size) continue
      this.terminal.write(output)
      output = ''
      this.terminal.write('', () => this.terminal.resize(size.cols, size.rows))
    }
    if (output !== '') this.terminal.write(output)
    this.place = upTo
  }

  play(): void {
    if (this.place >= this.cast.seconds) this.seek(0)
    let last = performance.now()
    this.timer ??= setInterval(() => {
      const now = performance.now()
      this.show(Math.min(this.cast.seconds, this.place + ((now - last) / 1000) * this.speed))
      last = now
      if (this.place >= this.cast.seconds) this.pause()
      else this.tell()
    }, TICK_MS)
    this.tell()
  }

  pause(): void {
    clearInterval(this.timer)
    this.timer = undefined
    this.tell()
  }

  seek(seconds: number): void {
    if (seconds < this.place) {
      // In its turn: what was written before has not all been taken in yet.
      this.terminal.write('', () => {
        this.terminal.reset()
        this.terminal.resize(this.cast.cols, this.cast.rows)
      })
      this.next = 0
    }
    this.show(seconds)
    this.tell()
  }

  setSpeed(speed: number): void {
    this.speed = speed
  }

  /** The same recording with other pauses; it stays where it is, as far as that can be said. */
  setCast(cast: Cast): void {
    const at = this.cast.events[this.next - 1]
    this.cast = cast
    this.place = at ? (cast.events[this.next - 1]?.at ?? 0) : 0
    this.tell()
  }

  dispose(): void {
    clearInterval(this.timer)
    this.stopThemes()
    this.stopFitting()
    this.terminal.dispose()
  }
}
