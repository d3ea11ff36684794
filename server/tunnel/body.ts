import { type ClientHttp2Stream, constants } from 'node:http2'
import { Readable } from 'node:stream'

/**
 * The bytes of an answer as an ordinary stream. Node calls an HTTP/2 stream closed as soon as the other side has sent
 * all, though bytes still wait to be read; `for await`, `pipeline` and Fastify take that for a premature end.
 */
export function bodyOf(stream: ClientHttp2Stream): Readable {
  const body = new Readable({
    highWaterMark: 256 * 1024,
    read: () => void stream.resume(),
    destroy(error, done) {
      // With a reason, or the agent would take it for a plain end and write on.
      if (!stream.closed) stream.close(constants.NGHTTP2_CANCEL)
      done(error)
    },
  })
  // It may break before whoever asked has it in hand; nobody listening yet must not end the process.
  body.on('error', () => {})
  let complete = false
  stream.on('data', (chunk: Buffer) => {
    if (!body.push(chunk)) stream.pause()
  })
  stream.on('end', () => {
    // An aborted stream also ends, but it did not say all.
    complete = stream.rstCode === 0 && !stream.aborted
    if (complete) body.push(null)
  })
  stream.on('error', (error) => body.destroy(error))
  stream.on('close', () => {
    if (!complete) body.destroy(new Error('The connection to the machine was lost.'))
  })
  return body
}
