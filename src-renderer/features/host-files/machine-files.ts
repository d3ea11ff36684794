import {
  cancelUpload,
  downloadHostFile,
  getUploadOffset,
  listHostFiles,
  readHostFile,
  uploadHostFile,
  writeHostFile,
} from '#contract/host-files'
import type { FileSource } from '../../components/files/file-source.ts'
import { call, download, upload } from '../../lib/api.ts'

const LONG_MS = 24 * 3600_000

/** The files of a machine as a source. */
export function machineFiles(id: string, roots: readonly string[], isWritable: boolean): FileSource {
  const params = { id }
  return {
    key: id,
    roots,
    isWritable,
    list: (path, signal) =>
      call(listHostFiles, { params, query: path === '' ? {} : { path } }, { signal, timeoutMs: 90_000 }),
    read: (path, signal) => call(readHostFile, { params, query: { path } }, { signal }),
    write: (path, content, version) =>
      call(writeHostFile, { params, body: { path, content, ...(version !== undefined && { version }) } }),
    download: (path, name) => download(downloadHostFile, { params, query: { path } }, name, { timeoutMs: LONG_MS }),
    upload: (path, body, { size, offset, overwrite }, sending) =>
      upload(
        uploadHostFile,
        { params, query: { path, size, overwrite, ...(offset !== undefined && { offset }) } },
        body,
        sending,
      ),
    uploadOffset: async (path, signal) => (await call(getUploadOffset, { params, query: { path } }, { signal })).offset,
    cancelUpload: (path) => call(cancelUpload, { params, query: { path } }),
  }
}
