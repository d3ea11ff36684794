import type { Shell } from '#server/ssh/shell'
import type { OpenSource } from '#server/terminal/source'

/** A channel of SSH as the source of a terminal session. It cannot outlive the connection below it. */
export const shellSource =
  (shell: Shell, isConnected: () => boolean): OpenSource =>
  (events) => {
    let isOver = false
    shell.output.on('data', (chunk: Buffer) => {
      if (!isOver) events.bytes(chunk)
    })
    void shell.ended.then(({ exited, exit_code, signal, detail }) => {
      if (isOver) return
      isOver = true
      const reason = exited ? 'exited' : isConnected() ? 'lost' : 'node_offline'
      events.ended({ reason, exit_code, signal, detail })
    })
    return {
      pause: () => void shell.output.pause(),
      resume: () => void shell.output.resume(),
      type(data) {
        if (shell.write(data)) return
        events.refused('too_much_input', 'The machine does not take input that fast. Type it again, in smaller parts.')
      },
      resize: shell.resize,
      close() {
        isOver = true
        shell.close()
      },
    }
  }
