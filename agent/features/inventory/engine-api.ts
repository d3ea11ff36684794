import http, { type IncomingMessage } from 'node:http'
import { AgentError, conflict, notFound } from '#agent/errors'
import { callEngine, type EngineAnswer, engineMessage } from '#agent/runtimes/docker/engine-http'
import { createEngine, engineSockets } from '#agent/runtimes/docker/engine'
import { clean } from './text.ts'

const ANSWER_MS = 15_000
/** A container is given its own time to end before it is killed. */
const ACTION_MS = 120_000

export type EngineApi = ReturnType<typeof createEngineApi>
const noEngine = (cause?: unknown) =>
  new AgentError(503, 'no_engine', 'No Docker engine answers on this machine.', { cause })

/** The engine's API for containers of anybody. Ids that come from outside are put into paths by `encodeURIComponent` alone. */
export function createEngineApi(candidates: () => string[] = engineSockets) {
  const engine = createEngine(candidates)

  async function socket(): Promise<string> {
    await engine.probe()
    const path = engine.socket()
    if (path === undefined || engine.version() === null) throw noEngine()
    return path
  }

  async function call(method: string, path: string, timeoutMs: number): Promise<EngineAnswer> {
    const at = await socket()
    const answer = await callEngine(at, method, path, timeoutMs).catch((error: unknown) => {
      throw noEngine(error)
    })
    if (answer.status === 404) throw containerNotFound()
    if (answer.status < 400) return answer
    throw conflict('engine_refused', `The Docker engine refused: ${clean(engineMessage(answer), 500)}`)
  }

  return {
    /** Null where none answers. */
    async version(): Promise<string | null> {
      await engine.probe()
      return engine.version()
    },
    json: async (path: string): Promise<unknown> => JSON.parse((await call('GET', path, ANSWER_MS)).body),
    post: (path: string) => call('POST', path, ACTION_MS),
    /** The body as it comes, until the signal is aborted. */
    async open(path: string, signal: AbortSignal): Promise<IncomingMessage> {
      const socketPath = await socket()
      return new Promise((resolve, reject) => {
        const request = http.request({ socketPath, path, agent: false, signal }, (response) => {
          if (response.statusCode === 200) return resolve(response)
          response.resume()
          if (response.statusCode === 404) return reject(containerNotFound())
          reject(conflict('engine_refused', 'The Docker engine keeps no readable log of this container.'))
        })
        request.on('error', (error) => reject(noEngine(error)))
        request.end()
      })
    },
  }
}

const containerNotFound = () => notFound('container_not_found', 'There is no such container on this machine.')
