import type { Readable } from 'node:stream'
import { type Static, Type as T } from 'typebox'
import { agentPaths } from '#contract/agent'
import { HostFileContent, HostFileList, MAX_TEXT, type uploadHostFile, type writeHostFile } from '#contract/host-files'
import type { FleetNode } from '#contract/nodes'
import { type Input, urlFor } from '#contract/operation'
import { type Audit, byCaller } from '#server/audit'
import type { Db } from '#server/db/schema'
import { AppError, forbidden, invalid } from '#server/errors'
import type { Caller } from '#server/http/caller'
import type { Agents } from '#server/tunnel/agents'

type Deps = {
  db: Db
  audit: Audit
  agents: Agents
  /** A machine of the caller’s organization; throws when there is none. */
  locate: (caller: Caller, id: string) => Promise<Pick<FleetNode, 'id' | 'name' | 'features'>>
}
type Content = Static<typeof HostFileContent>
type Upload = Input<typeof uploadHostFile>['query']
export type Wanted = { range: string | undefined; ifRange: string | undefined }

const Offset = T.Object({ offset: T.Number({ minimum: 0 }) })
const Written = T.Object({
  path: T.String(),
  version: T.String(),
  size: T.Number(),
  modified_at: T.String(),
  is_writable: T.Boolean(),
})
const { files, fileContent, fileDownload, fileUpload } = agentPaths

/** The files of machines, within what each machine's owner allows. The agent is who keeps to it; here it is told in words. */
export function createHostFileService({ db, audit, agents, locate }: Deps) {
  async function machine(caller: Caller, id: string, isChange = false) {
    const node = await locate(caller, id)
    const { host_files: allowed } = node.features
    if (!allowed) {
      throw forbidden(
        'host_files_disabled',
        `The files of ${node.name} are not open to Shardlyn. Whoever owns the machine can allow folders there: add "host_files": {"paths": ["/srv"], "writable": true} to agent.json in the agent’s data folder, and restart the agent.`,
      )
    }
    if (isChange && !allowed.is_writable) {
      throw forbidden(
        'host_files_read_only',
        `The files of ${node.name} can be read, not changed. Whoever owns the machine can set "writable": true in its agent.json.`,
      )
    }
    return node
  }

  function pathOf(url: `/${string}`, query: Record<string, unknown> & { path?: string | undefined }): string {
    if (query.path?.isWellFormed() === false) {
      throw invalid('path_not_allowed', 'The path is not well-formed text.')
    }
    return urlFor({ url }, { query })
  }

  const note = (caller: Caller, node: { id: string; name: string }, action: string, details: object) =>
    audit(db, { ...byCaller(caller), action, subject: { type: 'node', id: node.id, name: node.name }, details })

  /** Whose upload it is: two people who send to one path do not write into each other's. */
  const keyOf = (caller: Caller) => caller.user_id ?? caller.session_id

  return {
    async list(caller: Caller, id: string, path?: string): Promise<Static<typeof HostFileList>> {
      await machine(caller, id)
      const answer = await agents.request(id, { method: 'GET', path: pathOf(files, { path }), timeoutMs: 60_000 })
      return answer.json(HostFileList)
    },

    async read(caller: Caller, id: string, path: string): Promise<Content> {
      const node = await machine(caller, id)
      const answer = await agents.request(id, { method: 'GET', path: pathOf(fileContent, { path }) })
      const content = answer.json(HostFileContent)
      await note(caller, node, 'node.file_read', { path })
      return content
    },

    async write(
      caller: Caller,
      id: string,
      { path, content, version }: Input<typeof writeHostFile>['body'],
    ): Promise<Content> {
      const node = await machine(caller, id, true)
      const body = Buffer.from(content, 'utf8')
      if (body.length > MAX_TEXT) {
        throw new AppError(413, 'file_too_large', 'Up to 4 MiB are edited as text. Upload the file instead.')
      }
      // Half of a character of two would not be what the person typed.
      if (!content.isWellFormed()) throw invalid('not_text', 'The content is not well-formed text.')
      const query = { path, ...(version === null ? { new: true } : { version }) }
      const answer = await agents.request(id, {
        method: 'PUT',
        path: pathOf(fileContent, query),
        body,
        timeoutMs: 60_000,
      })
      const written = answer.json(Written)
      await note(caller, node, 'node.file_written', { path, size: body.length, is_new: version === null })
      return { ...written, content }
    },

    /** The file as a stream, and what is to be said of it. It is in the audit log before its first byte is sent. */
    async download(caller: Caller, id: string, path: string, { range, ifRange }: Wanted) {
      const node = await machine(caller, id)
      const enough = new AbortController()
      const cancel = () => enough.abort()
      try {
        const { status, headers, stream } = await agents.stream(id, {
          method: 'GET',
          path: pathOf(fileDownload, { path, range, if_range: ifRange }),
          signal: enough.signal,
        })
        await note(caller, node, 'node.file_downloaded', { path, ...(range !== undefined && { range }) })
        return { status, headers, stream, name: path.slice(path.lastIndexOf('/') + 1), cancel }
      } catch (error) {
        cancel()
        throw error
      }
    },

    async upload(
      caller: Caller,
      id: string,
      { path, size, offset, overwrite }: Upload,
      length: number | undefined,
      body: Readable,
      signal: AbortSignal,
    ): Promise<Static<typeof Offset>> {
      const node = await machine(caller, id, true)
      const expected = size - (offset ?? 0)
      if (expected < 0 || (length !== undefined && length !== expected)) {
        throw invalid(
          'upload_size_wrong',
          `By its size and offset ${expected} bytes should follow. Say the size of the whole file.`,
        )
      }
      const answer = await agents.upload(id, {
        method: 'PUT',
        path: pathOf(fileUpload, { path, size, offset, overwrite, key: keyOf(caller) }),
        body,
        signal,
      })
      const result = answer.json(Offset)
      await note(caller, node, 'node.file_uploaded', { path, size })
      return result
    },

    async offset(caller: Caller, id: string, path: string): Promise<Static<typeof Offset>> {
      await machine(caller, id, true)
      const query = { path, key: keyOf(caller) }
      return (await agents.request(id, { method: 'GET', path: pathOf(fileUpload, query) })).json(Offset)
    },

    async cancel(caller: Caller, id: string, path: string): Promise<void> {
      const node = await machine(caller, id, true)
      const query = { path, key: keyOf(caller) }
      await agents.request(id, { method: 'DELETE', path: pathOf(fileUpload, query) })
      await note(caller, node, 'node.file_upload_cancelled', { path })
    },
  }
}
export type HostFileService = ReturnType<typeof createHostFileService>
