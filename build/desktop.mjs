// Whether this machine can show the desktop window, and the program that shows it.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The Electron program, or undefined where it was not fetched. */
export function electronProgram(root, env = process.env) {
  const folder = join(root, 'node_modules', 'electron')
  const name = existsSync(join(folder, 'path.txt')) ? readFileSync(join(folder, 'path.txt'), 'utf8') : 'electron'
  const program = join(env.ELECTRON_OVERRIDE_DIST_PATH ?? join(folder, 'dist'), name)
  return existsSync(program) ? program : undefined
}

/** Why there can be no window here, in words; undefined when there can. The Electron program is another question. */
export function whyNoWindow({ platform = process.platform, env = process.env, uid = process.getuid?.() } = {}) {
  if (platform === 'win32' || platform === 'darwin') return undefined
  if (!env.DISPLAY && !env.WAYLAND_DISPLAY) return 'there is no display here'
  if (uid === 0) return 'the desktop window does not run as root'
  return undefined
}
