import { Readable } from 'node:stream'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import {
  cancelUpload,
  downloadHostFile,
  getUploadOffset,
  listHostFiles,
  MAX_TEXT,
  readHostFile,
  uploadHostFile,
  writeHostFile,
} from '#contract/host-files'
import { callerOf } from '#server/http/caller'
import { asAttachment } from './file-names.ts'
import type { HostFileService } from './service.ts'

/** A text of the largest size, each character escaped as far as JSON can. */
const MAX_BODY = MAX_TEXT * 6 + 64 * 1024

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

export const hostFileRoutes: FastifyPluginAsyncTypebox<{ hostFiles: HostFileService }> = async (app, { hostFiles }) => {
  app.route({
    ...listHostFiles,
    handler: (request) => hostFiles.list(callerOf(request), request.params.id, request.query.path),
  })
  app.route({
    ...readHostFile,
    handler: (request) => hostFiles.read(callerOf(request), request.params.id, request.query.path),
  })
  app.route({
    ...writeHostFile,
    bodyLimit: MAX_BODY,
    handler: (request) => hostFiles.write(callerOf(request), request.params.id, request.body),
  })
  app.route({
    ...getUploadOffset,
    handler: (request) => hostFiles.offset(callerOf(request), request.params.id, request.query.path),
  })
  app.route({
    ...cancelUpload,
    handler: async (request, reply) => {
      await hostFiles.cancel(callerOf(request), request.params.id, request.query.path)
      return reply.code(204).send(null)
    },
  })
  app.route({
    ...downloadHostFile,
    handler: async (request, reply) => {
      const { range, 'if-range': ifRange, 'if-none-match': known } = request.headers
      const { status, headers, stream, name, cancel } = await hostFiles.download(
        callerOf(request),
        request.params.id,
        request.query.path,
        { range: text(range), ifRange: text(ifRange) },
      )
      reply.raw.on('close', cancel)
      const passed = ['content-length', 'content-range', 'etag', 'last-modified'] as const
      const given = passed.flatMap((key) => (text(headers[key]) ? [[key, text(headers[key])] as const] : []))
      void reply.headers({ 'accept-ranges': 'bytes', 'cache-control': 'private, no-cache' })
      if (known !== undefined && known === headers.etag) {
        cancel()
        return reply
          .code(304 as never)
          .header('etag', known)
          .send(null as never)
      }
      return reply
        .code((status === 206 ? 206 : 200) as never)
        .headers(Object.fromEntries(given))
        .header('content-type', 'application/octet-stream')
        .header('content-disposition', asAttachment(name))
        .send(stream as never)
    },
  })

  // In a place of its own, so that no other route takes bodies that are not JSON.
  await app.register(async (own: typeof app) => {
    own.addContentTypeParser('application/octet-stream', (_request, payload, done) => done(null, payload))
    own.route({
      ...uploadHostFile,
      handler: async (request, reply) => {
        const gone = new AbortController()
        reply.raw.on('close', () => gone.abort())
        const length = text(request.headers['content-length'])
        const answer = await hostFiles.upload(
          callerOf(request),
          request.params.id,
          request.query,
          length === undefined ? undefined : Number(length),
          request.body instanceof Readable ? request.body : Readable.from([]),
          gone.signal,
        )
        return reply.send(answer as never)
      },
    })
  })
}
