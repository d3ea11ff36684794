import type { ContainerAction } from '#contract/inventory'
import type { Owner } from '#agent/features/instances/manager'
import { conflict } from '#agent/errors'
import { labels } from '#agent/runtimes/docker/container-options'
import type { EngineApi } from './engine-api.ts'
import { clean } from './text.ts'

export type Container = { id: string; name: string; isTerminal: boolean }
type Inspected = { Id: string; Name?: string; Config?: { Tty?: boolean; Labels?: Record<string, string> | null } }

/** Looks a container up by its id or name, and refuses one that is a server's: it would be started or stopped behind its back. */
export async function findContainer(engine: EngineApi, id: string, owners: readonly Owner[]): Promise<Container> {
  const found = (await engine.json(`/containers/${encodeURIComponent(id)}/json`)) as Inspected
  const instance = found.Config?.Labels?.[labels.instance]
  if (instance) {
    const server = owners.find((owner) => owner.id === instance)?.name ?? clean(instance, 64)
    throw conflict('container_managed', `This container is the server ${server}. Use the server’s own page instead.`)
  }
  return {
    id: found.Id,
    name: clean((found.Name ?? '').replace(/^\//, '')),
    isTerminal: found.Config?.Tty ?? false,
  }
}

/** Answers once it is so. By the id that was looked up: a name may be another's by now. */
export async function actOnContainer(engine: EngineApi, { id }: Container, action: ContainerAction): Promise<void> {
  await engine.post(`/containers/${id}/${action}`)
}
