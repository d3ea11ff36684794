import type Docker from 'dockerode'
import { AgentError } from '../../errors.ts'

type Progress = (stage: string | null, percent: number | null) => void
type PullLine = { id?: string; status?: string; error?: string; progressDetail?: { current?: number; total?: number } }

/** Makes sure that an image is on this machine, pulling it if need be; answers the user that it names. */
export async function ensureImage(
  docker: Docker,
  image: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<string> {
  const known = await inspect(docker, image)
  if (known !== undefined) return known
  progress(`Pulling the image ${image}`, null)
  try {
    await pull(docker, image, (percent) => progress(`Pulling the image ${image}`, percent), signal)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new AgentError(
      503,
      'image_unavailable',
      `The image ${image} is not on this machine and could not be pulled: ${why}`,
      {
        cause: error,
      },
    )
  }
  progress(null, null)
  return (await inspect(docker, image)) ?? ''
}

async function inspect(docker: Docker, image: string): Promise<string | undefined> {
  try {
    return (await docker.getImage(image).inspect()).Config.User ?? ''
  } catch (error) {
    if (error instanceof Error && 'statusCode' in error && error.statusCode === 404) return undefined
    throw error
  }
}

async function pull(
  docker: Docker,
  image: string,
  report: (percent: number) => void,
  signal: AbortSignal,
): Promise<void> {
  // Without a tag the engine would pull every tag that there is.
  const reference = /[:@][^/]*$/.test(image) ? image : `${image}:latest`
  const stream = (await docker.pull(reference)) as NodeJS.ReadableStream & { destroy: (error?: Error) => void }
  const stop = () => stream.destroy(new Error('it was stopped'))
  signal.addEventListener('abort', stop, { once: true })
  const layers = new Map<string, { current: number; total: number }>()
  try {
    await new Promise<void>((resolve, reject) => {
      stream.once('error', reject)
      docker.modem.followProgress(
        stream,
        (error) => (error ? reject(error) : resolve()),
        (line: PullLine) => {
          if (line.error) reject(new Error(line.error))
          const { current = 0, total = 0 } = line.progressDetail ?? {}
          if (!line.id || total === 0 || line.status !== 'Downloading') return
          layers.set(line.id, { current, total })
          const sum = [...layers.values()].reduce((all, each) => ({
            current: all.current + each.current,
            total: all.total + each.total,
          }))
          report(Math.floor((sum.current / sum.total) * 100))
        },
      )
    })
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
