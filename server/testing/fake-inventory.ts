import type { Inventory } from '#contract/inventory'
import { agentPaths } from '#contract/agent'
import type { FakeAgent } from './fake-agent.ts'

export const CONTAINER = 'c0ffee'.repeat(10) + 'c0ff'

/** What a machine could tell of itself. */
export function someInventory(): Inventory {
  const at = new Date().toISOString()
  return {
    at,
    system: {
      hostname: 'box',
      os: 'Debian GNU/Linux 12',
      kernel: '6.1',
      arch: 'x64',
      virtualization: 'kvm',
      cpu_model: 'A processor',
      cpu_cores: 2,
      load: [0.5, 0.4, 0.3],
      memory_total_bytes: 4e9,
      memory_available_bytes: 2e9,
      swap_total_bytes: 0,
      swap_used_bytes: 0,
      booted_at: at,
      time_zone: 'UTC',
      agent_version: '1.0.0',
      engine_version: '28.0',
    },
    network: {
      interfaces: [
        {
          name: 'eth0',
          mac: '02:00:00:00:00:01',
          addresses: ['192.0.2.10/24'],
          is_up: true,
          mtu: 1500,
          speed_mbps: 1000,
          received_bytes: 5e9,
          sent_bytes: 1e9,
        },
      ],
      dns_servers: ['192.0.2.1'],
      gateway: '192.0.2.1',
    },
    disks: [
      {
        device: '/dev/vda1',
        mount_point: '/',
        file_system: 'ext4',
        total_bytes: 1e11,
        used_bytes: 4e10,
        available_bytes: 6e10,
        is_read_only: false,
      },
    ],
    users: [
      {
        name: 'root',
        uid: 0,
        gid: 0,
        home: '/root',
        shell: '/bin/bash',
        groups: ['root'],
        can_log_in: true,
        sessions: 1,
      },
    ],
    processes: [
      {
        pid: 42,
        parent_pid: 1,
        started_at: '1000',
        started: at,
        user: 'root',
        name: 'worker',
        command: '/usr/bin/worker --all',
        state: 'S',
        cpu_percent: 12.5,
        memory_bytes: 5e7,
        threads: 3,
        instance_id: null,
        is_protected: false,
      },
    ],
    process_total: 1,
    containers: [
      {
        id: CONTAINER,
        name: 'database',
        image: 'postgres:17',
        command: 'postgres',
        state: 'running',
        status: 'Up 3 hours',
        created_at: at,
        ports: [{ host_address: '0.0.0.0', host_port: 5432, container_port: 5432, protocol: 'tcp' }],
        networks: ['bridge'],
        instance_id: null,
      },
    ],
    engine: '28.0',
  }
}

/** Lets a fake agent answer for its machine. */
export function tellInventory({ answers }: Pick<FakeAgent, 'answers'>, told = someInventory()): void {
  const { at, process_total: total } = told
  const parts: Record<string, object> = {
    '': told,
    system: { at, system: told.system },
    network: { at, network: told.network },
    disks: { at, disks: told.disks },
    users: { at, users: told.users },
    processes: { at, processes: told.processes, total },
    containers: { at, containers: told.containers, engine: told.engine },
  }
  answers.set(`GET ${agentPaths.inventory}`, (_, url) => ({
    status: 200,
    json: parts[url.searchParams.get('section') ?? ''],
  }))
  answers.set(`POST /processes/42/kill`, () => ({ status: 200, json: { name: 'worker' } }))
  answers.set(`POST /containers/${CONTAINER}/action`, () => ({ status: 200, json: { name: 'database' } }))
  answers.set(`GET /containers/${CONTAINER}/logs`, () => ({ status: 200, json: 'ready' }))
}
