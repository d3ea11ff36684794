import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The Electron program, or undefined where it was not fetched. */
export function electronProgram(root: string, env = process.env): string | undefined {
  const folder = join(root, 'node_modules', 'electron')
  const pathFile = join(folder, 'path.txt')
  const name = existsSync(pathFile) ? readFileSync(pathFile, 'utf8') : 'electron'
  const program = join(env['ELECTRON_OVERRIDE_DIST_PATH'] ?? join(folder, 'dist'), name)
  return existsSync(program) ? program : undefined
}

type Machine = { platform: NodeJS.Platform; env: NodeJS.ProcessEnv; uid: number | undefined }
const thisMachine: Machine = { platform: process.platform, env: process.env, uid: process.getuid?.() }

/** Why there can be no window here, in words; undefined when there can. Whether Electron is there is another question. */
export function whyNoWindow({ platform, env, uid }: Machine = thisMachine): string | undefined {
  if (platform === 'win32' || platform === 'darwin') return undefined
  if (!env['DISPLAY'] && !env['WAYLAND_DISPLAY']) return 'there is no display here'
  if (uid === 0) return 'the desktop window does not run as root'
  return undefined
}
