// The package is @lydell/node-pty under the name `node-pty`; its own declarations only know the former. This is what we
// use of it, with `encoding: null`, where it hands over buffers.
declare module 'node-pty' {
  type Options = {
    name: string
    cols: number
    rows: number
    cwd: string
    env: Record<string, string>
    encoding: null
    uid?: number
    gid?: number
  }
  export type Pty = {
    readonly pid: number
    onData: (listener: (data: Buffer) => void) => void
    onExit: (listener: (exit: { exitCode: number; signal?: number }) => void) => void
    write: (data: Buffer) => void
    resize: (cols: number, rows: number) => void
    kill: (signal?: string) => void
    pause: () => void
    resume: () => void
    /** What is written waits in it. Not on Windows. */
    readonly _socket?: { readonly writableLength: number }
  }
  export function spawn(file: string, args: string[], options: Options): Pty
}
