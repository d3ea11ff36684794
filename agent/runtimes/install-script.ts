import { chmod, mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { StartJob } from './runtime.ts'

/** Writes a server's install script beside its data and answers the command that runs it on this machine. */
export async function installCommand({ spec, folder }: Pick<StartJob, 'spec' | 'folder'>): Promise<string[]> {
  const file = path.join(folder.install, 'install.sh')
  await mkdir(folder.install, { recursive: true })
  // The account that the server runs as must be able to read it; who else is kept out by the folders above.
  await chmod(folder.install, 0o755)
  await writeFile(file, (spec.install?.script ?? '').replaceAll('\r\n', '\n'), { mode: 0o644 })
  return [...(spec.install?.entrypoint.length ? spec.install.entrypoint : ['/bin/sh']), file]
}
