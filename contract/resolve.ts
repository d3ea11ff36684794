import type { InstanceSpec } from './agent.ts'
import type { InstancePort } from './instances.ts'
import { fillIn, placeholdersIn } from './placeholders.ts'
import { parseCpu, parseMemory } from './quantities.ts'
import { valueOf } from './variable-check.ts'
import type { WorkloadDocument } from './workload.ts'

export type ResolveInput = {
  document: WorkloadDocument
  instance: {
    id: string
    generation: number
    name: string
    ports: readonly InstancePort[]
    /** By env name; absent ones have their defaults. */
    variables: Readonly<Record<string, string>>
    env: Readonly<Record<string, string>>
    /** An absent limit is the workload's; null is none. */
    limits: { cpu?: number | null; memory_bytes?: number | null }
  }
  initial_power: InstanceSpec['initial_power']
}

/** Enough for any server we know, and far from what a fork bomb needs. */
const DEFAULT_PIDS = 512
const DEFAULT_STOP_SECONDS = 30
const DEFAULT_READY_SECONDS = 300
/** Where an install script finds the server's name, which cannot be a variable. */
const INSTANCE_NAME_ENV = 'SHARDLYN_INSTANCE_NAME'

const MIB = 1024 * 1024

/** One server as its agent must run it: defaults filled in, placeholders replaced. The document must have passed `checkWorkload`. */
export function resolveInstance({ document: { spec }, instance, initial_power }: ResolveInput): InstanceSpec {
  const runtime = spec.runtime ?? 'docker'
  const isDocker = runtime === 'docker'
  const { variables: specs = [], resources: { limits: declared = {} } = {} } = spec

  const declaredMemory = declared.memory === undefined ? null : parseMemory(declared.memory)
  const { cpu = declared.cpu === undefined ? null : parseCpu(declared.cpu), memory_bytes = declaredMemory } =
    instance.limits
  // A server without a limit still needs a number for its heap; the document's own is what its author tried.
  const memoryMb = Math.floor((memory_bytes ?? declaredMemory ?? 0) / MIB)

  const variables = specs.flatMap((variable): [string, string][] => {
    const value = valueOf(variable, instance.variables)
    return value === undefined ? [] : [[variable.env, value]]
  })
  const known = new Map<string, string>([
    ...specs.map(({ env }): [string, string] => [env, '']),
    ...(spec.ports ?? []).map(({ name, containerPort }): [string, string] => [`port.${name}`, String(containerPort)]),
    // A container is reached through its own port; a process listens on the machine's.
    ...instance.ports.map((port): [string, string] => [
      `port.${port.name}`,
      String(isDocker ? port.container_port : port.host_port),
    ]),
    ...variables,
    ['limits.memoryMb', String(memoryMb)],
    ['instance.name', instance.name],
  ])
  const fill = (text: string) => fillIn(text, (name) => known.get(name))
  // A value pasted into a script would be read as code by the shell; a reference to its variable is not.
  const inScript = new Map([
    ...specs.map(({ env }): [string, string] => [env, `\${${env}}`]),
    ['instance.name', `\${${INSTANCE_NAME_ENV}}`] as const,
  ])
  const fillScript = (text: string) => fillIn(text, (name) => inScript.get(name) ?? known.get(name))

  const scriptNames = placeholdersIn(spec.install?.script ?? '')

  const documentEnv = Object.entries(spec.env ?? {})
  const secrets = new Set(specs.filter(({ secret }) => secret).map(({ env }) => env))
  const usesSecret = ([, text]: [string, string]) => placeholdersIn(text).some((name) => secrets.has(name))
  const env = Object.fromEntries([
    ...documentEnv.map(([name, text]): [string, string] => [name, fill(text)]),
    ...variables,
    ...Object.entries(instance.env),
    ...(scriptNames.includes('instance.name') ? [[INSTANCE_NAME_ENV, instance.name] as const] : []),
  ])
  const readyPort = instance.ports.find(({ name, protocol }) => name === spec.ready?.port && protocol === 'tcp')

  return {
    id: instance.id,
    generation: instance.generation,
    name: instance.name,
    runtime,
    image: isDocker ? (spec.image ?? null) : null,
    command: (spec.command ?? []).map(fill),
    args: (spec.args ?? []).map(fill),
    env,
    secret_env: [...new Set([...secrets, ...documentEnv.filter(usesSecret).map(([name]) => name)])].filter((name) =>
      Object.hasOwn(env, name),
    ),
    working_dir: spec.workingDir ?? null,
    user: spec.user ?? null,
    ports: [...instance.ports],
    volumes: (spec.volumes ?? []).map(({ name, mountPath, readOnly }) => ({
      name,
      mount_path: mountPath,
      read_only: readOnly ?? false,
    })),
    limits: { cpu, memory_bytes, pids: DEFAULT_PIDS },
    restart_policy: spec.restartPolicy ?? 'on-failure',
    stop: {
      command: spec.stop?.command === undefined ? null : fill(spec.stop.command),
      signal: spec.stop?.signal ?? 'SIGTERM',
      timeout_seconds: spec.stopTimeout ?? DEFAULT_STOP_SECONDS,
    },
    ready: {
      log: spec.ready?.log ?? null,
      regex: spec.ready?.regex ?? null,
      port: readyPort?.host_port ?? null,
      timeout_seconds: spec.ready?.timeoutSeconds ?? DEFAULT_READY_SECONDS,
    },
    install: spec.install
      ? {
          image: isDocker ? (spec.install.image ?? spec.image ?? null) : null,
          entrypoint: spec.install.entrypoint ?? ['/bin/sh'],
          script: fillScript(spec.install.script.replaceAll('\r\n', '\n')),
        }
      : null,
    config_files: (spec.configFiles ?? []).map(({ path, content, overwrite }) => ({
      path,
      content: fill(content),
      overwrite: overwrite ?? true,
    })),
    healthcheck: spec.healthcheck
      ? {
          command: spec.healthcheck.command,
          interval_seconds: spec.healthcheck.intervalSeconds ?? 30,
          timeout_seconds: spec.healthcheck.timeoutSeconds ?? 10,
          retries: spec.healthcheck.retries ?? 3,
          start_period_seconds: spec.healthcheck.startPeriodSeconds ?? 0,
        }
      : null,
    initial_power,
  }
}
