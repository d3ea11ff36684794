import type { Static } from 'typebox'
import type { HostFile, HostFileContent } from '#contract/host-files'

/** A file or folder as it is listed. */
export type FileEntry = HostFile
export type FileText = Static<typeof HostFileContent>
export type Listing = { path: string; items: FileEntry[]; is_truncated: boolean }
type Sending = { signal: AbortSignal; onProgress: (sent: number) => void }

/** Where files come from: a machine, or the folder of a server. */
export type FileSource = {
  /** Tells one source from another. */
  key: string
  /** The folders at the top. */
  roots: readonly string[]
  isWritable: boolean
  list: (path: string, signal: AbortSignal) => Promise<Listing>
  read: (path: string, signal: AbortSignal) => Promise<FileText>
  /** `version` undefined: whatever is there now is replaced. Null: it is to be new. */
  write: (path: string, content: string, version: string | null | undefined) => Promise<FileText>
  download: (path: string, name: string) => Promise<void>
  upload: (
    path: string,
    body: Blob,
    how: { size: number; offset: number | undefined; overwrite: boolean },
    sending: Sending,
  ) => Promise<void>
  uploadOffset: (path: string, signal: AbortSignal) => Promise<number>
  cancelUpload: (path: string) => Promise<void>
}
