import type { Heartbeat } from '#contract/agent'
import { agentPaths } from '#contract/agent'
import type { AgentRoute } from '#agent/http'
import { agentVersion } from '#agent/version'
import type { HostMeter } from './host.ts'

type Labels = Record<string, string>
type Sample = { labels?: Labels; value: number | null | undefined }
type Kind = 'gauge' | 'counter'

const escape = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
const inBraces = (labels: Labels) => {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escape(value)}"`)
  return pairs.length > 0 ? `{${pairs.join(',')}}` : ''
}

/** One metric in Prometheus' text format 0.0.4. What cannot be measured is left out. */
export function metric(name: string, kind: Kind, help: string, samples: readonly Sample[]): string {
  const lines = samples
    .filter((sample): sample is Sample & { value: number } => typeof sample.value === 'number')
    .map(({ labels = {}, value }) => `${name}${inBraces(labels)} ${value}`)
  return lines.length > 0 ? `# HELP ${name} ${help}\n# TYPE ${name} ${kind}\n${lines.join('\n')}\n` : ''
}

type Host = {
  usages: () => Heartbeat['instances']
  engineVersion: () => string | null
}

/** This machine and its servers, for Prometheus. */
export async function metricsText(host: Host, measure: HostMeter): Promise<string> {
  const { usage, disk_total_bytes } = await measure()
  const servers = host.usages()
  const of = (read: (usage: NonNullable<(typeof servers)[number]['usage']>) => number | null): Sample[] =>
    servers.map(({ id, usage }) => ({ labels: { instance_id: id }, value: usage && read(usage) }))
  const one = (value: number | null): Sample[] => [{ value }]
  const memory = process.memoryUsage()
  return [
    metric('shardlyn_agent_info', 'gauge', 'The version of the agent.', [
      { labels: { version: agentVersion, engine: host.engineVersion() ?? '' }, value: 1 },
    ]),
    metric('shardlyn_agent_resident_memory_bytes', 'gauge', 'Of the agent itself.', one(memory.rss)),
    metric('shardlyn_agent_uptime_seconds', 'gauge', 'Of the agent itself.', one(Math.round(process.uptime()))),
    metric('shardlyn_node_cpu_percent', 'gauge', 'Of all cores together, 0 to 100.', one(usage.cpu_percent)),
    metric('shardlyn_node_memory_used_bytes', 'gauge', 'Without caches.', one(usage.memory_bytes)),
    metric('shardlyn_node_disk_used_bytes', 'gauge', 'Where the servers are.', one(usage.disk_bytes)),
    metric('shardlyn_node_disk_total_bytes', 'gauge', 'Where the servers are.', one(disk_total_bytes)),
    metric('shardlyn_node_load1', 'gauge', 'Load over a minute.', one(usage.load_1m)),
    metric(
      'shardlyn_node_network_receive_bytes_per_second',
      'gauge',
      'Through its own interfaces.',
      one(usage.network_in_bytes_per_second),
    ),
    metric(
      'shardlyn_node_network_transmit_bytes_per_second',
      'gauge',
      'Through its own interfaces.',
      one(usage.network_out_bytes_per_second),
    ),
    metric(
      'shardlyn_instance_state',
      'gauge',
      'One for the state that each server is in.',
      servers.map(({ id, state }) => ({ labels: { instance_id: id, state }, value: 1 })),
    ),
    metric(
      'shardlyn_instance_cpu_percent',
      'gauge',
      '100 is one whole core.',
      of((u) => u.cpu_percent),
    ),
    metric(
      'shardlyn_instance_memory_bytes',
      'gauge',
      'In use.',
      of((u) => u.memory_bytes),
    ),
    metric(
      'shardlyn_instance_memory_limit_bytes',
      'gauge',
      'Where there is one.',
      of((u) => u.memory_limit_bytes),
    ),
    metric(
      'shardlyn_instance_processes',
      'gauge',
      'Processes.',
      of((u) => u.pids),
    ),
    metric(
      'shardlyn_instance_uptime_seconds',
      'gauge',
      'Since it was started.',
      of((u) => u.uptime_seconds),
    ),
    metric(
      'shardlyn_instance_disk_bytes',
      'gauge',
      'Of its data folder.',
      of((u) => u.disk_bytes),
    ),
  ].join('')
}

export const metricsRoutes = (host: Host, measure: HostMeter): AgentRoute[] => [
  {
    method: 'GET',
    path: agentPaths.metrics,
    handle: () => ({
      headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
      stream: async (sink) => void sink.write(await metricsText(host, measure)),
    }),
  },
]
