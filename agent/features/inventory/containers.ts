import type { MachineContainer } from '#contract/inventory'
import { AgentError } from '#agent/errors'
import { labels } from '#agent/runtimes/docker/container-options'
import type { EngineApi } from './engine-api.ts'
import { maskText } from './mask.ts'
import { clean } from './text.ts'

const MAX_CONTAINERS = 1000
const MAX_PORTS = 64
const MAX_NETWORKS = 32

type Listed = {
  Id: string
  Names?: string[]
  Image?: string
  Command?: string
  State?: string
  Status?: string
  Created?: number
  Labels?: Record<string, string>
  Ports?: { IP?: string; PrivatePort?: number; PublicPort?: number; Type?: string }[] | null
  NetworkSettings?: { Networks?: Record<string, unknown> }
}

/** What the engine has, running first; nothing where no engine answers. */
export async function readContainers(
  engine: EngineApi,
): Promise<{ engine: string | null; containers: MachineContainer[] }> {
  const version = await engine.version()
  if (version === null) return { engine: null, containers: [] }
  const listed = (await engine.json('/containers/json?all=1').catch(whenGone)) as Listed[] | undefined
  if (!listed) return { engine: null, containers: [] }
  const containers = listed
    .map(toContainer)
    .sort((a, b) => Number(b.state === 'running') - Number(a.state === 'running') || (a.name < b.name ? -1 : 1))
    .slice(0, MAX_CONTAINERS)
  return { engine: clean(version, 64), containers }
}

/** It ended between two questions. */
function whenGone(error: unknown): undefined {
  if (!(error instanceof AgentError) || error.code !== 'no_engine') throw error
}

function toContainer(listed: Listed): MachineContainer {
  const { Names: names = [], Ports: ports, NetworkSettings: settings, Labels: own = {} } = listed
  return {
    id: listed.Id,
    name: clean((names[0] ?? '').replace(/^\//, '')),
    image: clean(listed.Image ?? ''),
    command: clean(maskText((listed.Command ?? '').slice(0, 1400)), 1000),
    state: clean(listed.State ?? '', 32),
    status: clean(listed.Status ?? ''),
    created_at: new Date((listed.Created ?? 0) * 1000).toISOString(),
    ports: (ports ?? []).slice(0, MAX_PORTS).map((port) => ({
      host_address: port.IP ? clean(port.IP, 64) : null,
      host_port: port.PublicPort ?? null,
      container_port: port.PrivatePort ?? 0,
      protocol: clean(port.Type ?? '', 16),
    })),
    networks: Object.keys(settings?.Networks ?? {})
      .slice(0, MAX_NETWORKS)
      .map((name) => clean(name)),
    instance_id: own[labels.instance] ? clean(own[labels.instance] ?? '', 64) : null,
  }
}
