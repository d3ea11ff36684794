import { once } from 'node:events'
import type { Writable } from 'node:stream'
import {
  type AgentHello,
  agentPaths,
  type Heartbeat,
  type ObservedInstance,
  type OutboxEvent,
  PROTOCOL_VERSION,
} from '#contract/agent'
import { invalid } from '#agent/errors'
import type { AgentRoute } from '#agent/http'
import { hostFacts, ownAddresses } from '#agent/features/metrics/facts'
import type { HostMeter } from '#agent/features/metrics/host'
import type { Logger } from '#agent/logger'
import { agentVersion } from '#agent/version'

/** What runs on this machine, as the features that run it tell. */
export type Host = {
  ready: Promise<unknown>
  list: () => ObservedInstance[]
  usages: () => Heartbeat['instances']
  capabilities: () => Heartbeat['capabilities']
  features: () => NonNullable<Heartbeat['features']>
  engineVersion: () => string | null
}
export type EventSource = {
  after: (seq: number) => OutboxEvent[]
  subscribe: (subscriber: () => void) => () => void
  acknowledge: (seq: number) => Promise<void>
  newest: () => number
}
type Parts = { host: Host; outbox: EventSource; measure: HostMeter; heartbeatMs: number; log: Logger }

const seqOf = (value: unknown): number => {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw invalid('invalid_request', 'seq must be a whole number from 0.')
  }
  return value
}

/** Who we are, and what happens here: kept events until they are acknowledged, and a heartbeat. */
export function eventRoutes({ host, outbox, measure, heartbeatMs, log }: Parts): AgentRoute[] {
  async function hello(): Promise<AgentHello> {
    // Servers that went on without an agent are found again first, or they would be taken for gone.
    await host.ready
    const { disk_total_bytes } = await measure()
    return {
      agent_version: agentVersion,
      protocol: PROTOCOL_VERSION,
      ...hostFacts(),
      disk_total_bytes,
      engine_version: host.engineVersion(),
      capabilities: host.capabilities(),
      features: host.features(),
      addresses: ownAddresses(),
      instances: host.list(),
    }
  }

  async function heartbeat(): Promise<Heartbeat> {
    const measured = await measure()
    return {
      type: 'heartbeat',
      at: new Date().toISOString(),
      ...measured,
      engine_version: host.engineVersion(),
      capabilities: host.capabilities(),
      features: host.features(),
      instances: host.usages(),
    }
  }

  async function tell(sink: Writable, after: number, signal: AbortSignal): Promise<void> {
    let position = after
    let beatIsDue = true
    let wake = () => {}
    const timer = setInterval(() => {
      beatIsDue = true
      wake()
    }, heartbeatMs)
    const unsubscribe = outbox.subscribe(() => wake())
    signal.addEventListener('abort', () => wake())
    const write = async (message: Heartbeat | OutboxEvent) => {
      if (!sink.write(`${JSON.stringify(message)}\n`)) await once(sink, 'drain', { signal })
    }
    try {
      while (!signal.aborted) {
        // Set before looking, so that what happens while we write is not slept over.
        const woken = new Promise<void>((resolve) => (wake = resolve))
        if (beatIsDue) {
          beatIsDue = false
          await write(await heartbeat())
        }
        for (const event of outbox.after(position)) {
          await write(event)
          position = event.seq
        }
        await woken
      }
    } catch (error) {
      if (!signal.aborted) throw error
    } finally {
      clearInterval(timer)
      unsubscribe()
    }
  }

  return [
    {
      method: 'POST',
      path: agentPaths.hello,
      async handle(request) {
        await request.json()
        return { json: await hello() }
      },
    },
    {
      method: 'GET',
      path: agentPaths.events,
      handle({ query, signal }) {
        const after = seqOf(Number(query.get('after') ?? 0))
        const newest = outbox.newest()
        if (after > newest) {
          log.warn({ after, newest }, 'the control plane knows later events than this outbox; it began anew')
        }
        return {
          headers: { 'content-type': 'application/x-ndjson', 'x-newest': String(newest) },
          stream: (sink) => tell(sink, after > newest ? 0 : after, signal),
        }
      },
    },
    {
      method: 'POST',
      path: agentPaths.acknowledge,
      async handle(request) {
        const body = await request.json()
        await outbox.acknowledge(
          seqOf(typeof body === 'object' && body !== null && 'seq' in body ? body.seq : undefined),
        )
        return {}
      },
    },
  ]
}
