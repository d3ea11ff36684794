import fs from 'node:fs'
import { open, rename } from 'node:fs/promises'
import path from 'node:path'

/** Replaces a file so that after a crash or power cut it is whole: the old one or the new one. */
export async function writeDurably(file: string, content: string | Buffer, mode = 0o600): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`
  const handle = await open(temporary, 'w', mode)
  try {
    await handle.writeFile(content)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(temporary, file)
  await syncFolder(path.dirname(file))
}

/** `writeDurably` of a value as JSON. */
export const writeJson = (file: string, value: unknown) => writeDurably(file, `${JSON.stringify(value)}\n`)

/** The same without a turn of the event loop, for the last words of a process that is about to end. */
export function writeJsonSync(file: string, value: unknown, mode = 0o600): void {
  const temporary = `${file}.${process.pid}.tmp`
  const fd = fs.openSync(temporary, 'w', mode)
  try {
    fs.writeFileSync(fd, `${JSON.stringify(value)}\n`)
    fs.fsyncSync(fd)
  } finally {
    fs.closeSync(fd)
  }
  fs.renameSync(temporary, file)
  try {
    const folder = fs.openSync(path.dirname(file), 'r')
    fs.fsyncSync(folder)
    fs.closeSync(folder)
  } catch (error) {
    ignoreUnsyncable(error)
  }
}

/** The JSON in a file; undefined when the file is missing or is not JSON. */
export function readJsonSync(file: string): unknown {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'))
  } catch (error) {
    if (error instanceof SyntaxError || isMissing(error)) return undefined
    throw error
  }
}

/** Makes the entries of a folder durable: a rename is only safe once its folder is. */
export async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  } catch (error) {
    ignoreUnsyncable(error)
  }
}

// Windows opens no folders, and some network file systems refuse to sync them.
function ignoreUnsyncable(error: unknown) {
  if (!['EPERM', 'EISDIR', 'EINVAL', 'EACCES', 'ENOTSUP'].includes(errorCode(error) ?? '')) throw error
}

/** The system's name of an error, such as ENOENT. */
export const errorCode = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined

export const isMissing = (error: unknown) => errorCode(error) === 'ENOENT'

/** Where one server lives on disk. */
export type InstanceFolder = ReturnType<typeof instanceFolder>

/** The paths of one server below the agent's data folder. */
export function instanceFolder(dataDir: string, id: string) {
  const root = path.join(dataDir, 'instances', id)
  return {
    id,
    root,
    data: path.join(root, 'data'),
    spec: path.join(root, 'spec.json'),
    state: path.join(root, 'state.json'),
    /** The server's own runs. */
    run: path.join(root, 'run'),
    log: path.join(root, 'log'),
    /** The run of its install script. */
    install: path.join(root, 'install'),
  }
}
