import { chmod, lchown, lstat, opendir } from 'node:fs/promises'
import path from 'node:path'

/**
 * Gives a data folder to the account that its server runs as. Only when the folder itself belongs to somebody else, so
 * that a start does not walk a large world each time. Links are given away, never followed.
 */
export async function giveTo(folder: string, { uid, gid }: { uid: number; gid: number }): Promise<void> {
  const owner = await lstat(folder)
  if (owner.uid === uid && owner.gid === gid) return
  try {
    await giveContents(folder, uid, gid)
    await lchown(folder, uid, gid)
  } catch (error) {
    // An agent that is not root may give nothing away. The folders above keep everybody else out.
    if (process.getuid?.() === 0) throw error
    await chmod(folder, 0o777)
  }
}

async function giveContents(folder: string, uid: number, gid: number): Promise<void> {
  for await (const entry of await opendir(folder)) {
    const file = path.join(folder, entry.name)
    if (entry.isDirectory()) await giveContents(file, uid, gid)
    await lchown(file, uid, gid)
  }
}

/** Makes the next `giveTo` walk the whole folder, because root is about to write into it. */
export async function takeBack(folder: string): Promise<void> {
  if (process.getuid?.() === 0) await lchown(folder, 0, 0)
}
