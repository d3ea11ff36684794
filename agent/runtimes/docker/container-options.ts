import os from 'node:os'
import path from 'node:path'
import type { ContainerCreateOptions } from 'dockerode'
import type { InstanceSpec } from '#contract/agent'
import type { InstanceFolder } from '../../state.ts'
import type { Part } from '../runtime.ts'

export const labels = {
  instance: 'com.shardlyn.instance',
  part: 'com.shardlyn.part',
  node: 'com.shardlyn.node',
  generation: 'com.shardlyn.generation',
} as const

/**
 * What common images need to set themselves up as root and step down to their own user. Without the rest of what an
 * engine grants: no raw sockets, no device nodes, no file capabilities, no chroot.
 */
const capabilities = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'NET_BIND_SERVICE', 'SETGID', 'SETUID']
const SECOND_NS = 1_000_000_000
const GIB = 1024 ** 3

export type ContainerJob = {
  spec: InstanceSpec
  folder: InstanceFolder
  part: Part
  image: string
  volumes: { folder: string; mount_path: string; read_only: boolean }[]
  nodeId: string | null
}

export const containerName = (id: string, part: Part) => `shardlyn-${id}${part === 'install' ? '-install' : ''}`

/** What the engine is told to create. */
export function containerOptions(job: ContainerJob): ContainerCreateOptions {
  const { spec, part, image, nodeId } = job
  const { limits } = spec
  return {
    name: containerName(spec.id, part),
    Image: image,
    Env: Object.entries(spec.env).map(([name, value]) => `${name}=${value}`),
    Hostname: spec.id.replaceAll('-', '').slice(-12),
    Tty: true,
    OpenStdin: true,
    StdinOnce: false,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    Labels: {
      [labels.instance]: spec.id,
      [labels.part]: part,
      [labels.node]: nodeId ?? '',
      [labels.generation]: String(spec.generation),
    },
    ...(part === 'install' ? installation(job) : server(job)),
    HostConfig: {
      // Without an init a first process that ignores signals cannot be stopped but by force, and reaps no children.
      Init: true,
      CapDrop: ['ALL'],
      CapAdd: capabilities,
      SecurityOpt: ['no-new-privileges'],
      PidsLimit: limits.pids,
      RestartPolicy: { Name: 'no' },
      // The supervisor keeps the log; a second copy would only wear out the disk.
      LogConfig: { Type: 'none', Config: {} },
      ...memory(part === 'install' && limits.memory_bytes ? Math.max(limits.memory_bytes, GIB) : limits.memory_bytes),
      ...(limits.cpu && { NanoCpus: Math.round(Math.min(limits.cpu, os.availableParallelism()) * SECOND_NS) }),
      ...(part === 'server' && { PortBindings: portBindings(spec) }),
      Mounts: mounts(job),
    },
  }
}

function server({ spec }: ContainerJob): ContainerCreateOptions {
  const { command, args, working_dir: workingDir, user, healthcheck } = spec
  return {
    ...(command.length > 0 && { Entrypoint: command }),
    ...((args.length > 0 || command.length > 0) && { Cmd: args }),
    ...(workingDir !== null && { WorkingDir: workingDir }),
    ...(user !== null && { User: user }),
    StopSignal: spec.stop.signal,
    ExposedPorts: Object.fromEntries(spec.ports.map((port) => [portKey(port), {}])),
    ...(healthcheck && {
      Healthcheck: {
        Test: ['CMD', ...healthcheck.command],
        Interval: healthcheck.interval_seconds * SECOND_NS,
        Timeout: healthcheck.timeout_seconds * SECOND_NS,
        Retries: healthcheck.retries,
        StartPeriod: healthcheck.start_period_seconds * SECOND_NS,
      },
    }),
  }
}

function installation({ spec }: ContainerJob): ContainerCreateOptions {
  const entrypoint = spec.install?.entrypoint ?? []
  return {
    Entrypoint: [...(entrypoint.length > 0 ? entrypoint : ['/bin/sh']), '/mnt/install/install.sh'],
    Cmd: [],
    WorkingDir: '/mnt/server',
    User: '0',
  }
}

function mounts({ part, folder, volumes }: ContainerJob) {
  const bind = (source: string, target: string, readOnly = false) =>
    ({ Type: 'bind', Source: source, Target: target, ReadOnly: readOnly }) as const
  return part === 'install'
    ? [bind(folder.data, '/mnt/server'), bind(path.join(folder.install, 'install.sh'), '/mnt/install/install.sh', true)]
    : volumes.map((volume) => bind(volume.folder, volume.mount_path, volume.read_only))
}

// No swap beyond the limit: a server that swaps is slower than one that is started again.
const memory = (bytes: number | null) => (bytes ? { Memory: bytes, MemorySwap: bytes } : {})

const portKey = (port: InstanceSpec['ports'][number]) => `${port.container_port}/${port.protocol}`

function portBindings({ ports }: InstanceSpec): Record<string, { HostPort: string }[]> {
  const bindings: Record<string, { HostPort: string }[]> = {}
  for (const port of ports) (bindings[portKey(port)] ??= []).push({ HostPort: String(port.host_port) })
  return bindings
}
