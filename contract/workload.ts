import { type Static, Type as T } from 'typebox'

/**
 * The `shardlyn/v1` Workload document. Its camelCase is the document's own. Beyond the published specification it
 * knows what games need: runtime, variables, install, configFiles, ready, stop, icon. Text in `command`, `args`,
 * `env`, `stop.command`, `install.script` and `configFiles` may name `{{VARIABLE}}`, `{{port.NAME}}`,
 * `{{limits.memoryMb}}` and `{{instance.name}}`; nothing else is known to a placeholder.
 */
const Str = (max: number, description?: string) => T.String({ maxLength: max, ...(description && { description }) })
const closed = { additionalProperties: false } as const

export const PortSpec = T.Object(
  {
    name: T.String({ pattern: '^[a-z][a-z0-9-]{0,30}$' }),
    containerPort: T.Integer({ minimum: 1, maximum: 65535 }),
    hostPort: T.Optional(
      T.Integer({ minimum: 1, maximum: 65535, description: 'Fixed; absent means assigned from the machine’s range.' }),
    ),
    protocol: T.Optional(T.Union([T.Literal('TCP'), T.Literal('UDP')], { default: 'TCP' })),
    alsoUdp: T.Optional(T.Boolean({ description: 'Publish the same number for UDP too.' })),
    primary: T.Optional(T.Boolean({ description: 'The port of the address that players get.' })),
  },
  closed,
)

export const VariableSpec = T.Object(
  {
    name: T.String({ minLength: 1, maxLength: 60 }),
    description: T.Optional(Str(500)),
    env: T.String({ pattern: '^[A-Z_][A-Z0-9_]{0,60}$' }),
    default: T.Optional(Str(4096)),
    rules: T.Optional(
      T.Object(
        {
          required: T.Optional(T.Boolean()),
          type: T.Optional(T.Union([T.Literal('string'), T.Literal('integer'), T.Literal('boolean')])),
          min: T.Optional(T.Number({ description: 'Least value of an integer, least length of a string.' })),
          max: T.Optional(T.Number()),
          options: T.Optional(T.Array(Str(200), { maxItems: 100 })),
          pattern: T.Optional(Str(200, 'A regular expression that the whole value matches; no back-references.')),
        },
        closed,
      ),
    ),
    secret: T.Optional(T.Boolean({ description: 'Shown as dots, masked in logs.' })),
    userVisible: T.Optional(T.Boolean({ default: true })),
    userEditable: T.Optional(T.Boolean({ default: true })),
  },
  closed,
)
export type VariableSpec = Static<typeof VariableSpec>

const ResourceSpec = T.Object(
  {
    cpu: T.Optional(T.String({ pattern: '^([0-9]+m|[0-9]+(\\.[0-9]+)?)$', description: 'Cores: 2, 0.5 or 500m.' })),
    memory: T.Optional(
      T.String({ pattern: '^[0-9]+(\\.[0-9]+)?(Ki|Mi|Gi|K|M|G)?$', description: 'Such as 512Mi or 4Gi.' }),
    ),
  },
  closed,
)

export const WorkloadDocument = T.Object(
  {
    apiVersion: T.Literal('shardlyn/v1'),
    kind: T.Literal('Workload'),
    metadata: T.Object(
      {
        name: T.String({
          minLength: 1,
          maxLength: 63,
          pattern: '^[^\\x00-\\x1f\\x7f]*[^\\s\\x00-\\x1f\\x7f][^\\x00-\\x1f\\x7f]*$',
        }),
        description: T.Optional(Str(500)),
        category: T.Optional(T.String({ pattern: '^[a-z][a-z0-9-]{0,30}$' })),
        labels: T.Optional(T.Record(Str(63), Str(63), { maxProperties: 32 })),
        annotations: T.Optional(T.Record(Str(120), Str(2000), { maxProperties: 32 })),
      },
      closed,
    ),
    spec: T.Object(
      {
        runtime: T.Optional(T.Union([T.Literal('docker'), T.Literal('process')], { default: 'docker' })),
        icon: T.Optional(
          T.String({ pattern: '^[a-z][a-z0-9-]{0,40}$', description: 'Name of a picture in the gallery.' }),
        ),
        image: T.Optional(
          T.String({
            minLength: 1,
            maxLength: 300,
            pattern: '^[^\\s-][^\\s]*$',
            description: 'Needed by the docker runtime.',
          }),
        ),
        command: T.Optional(
          T.Array(Str(4096), {
            maxItems: 100,
            description: 'Overrides the entrypoint; the program, where the runtime is process.',
          }),
        ),
        args: T.Optional(T.Array(Str(4096), { maxItems: 200 })),
        workingDir: T.Optional(Str(400)),
        user: T.Optional(T.String({ pattern: '^[A-Za-z0-9_][A-Za-z0-9_.:-]{0,63}$' })),
        env: T.Optional(
          T.Record(T.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]{0,100}$' }), Str(8192), { maxProperties: 200 }),
        ),
        ports: T.Optional(T.Array(PortSpec, { maxItems: 30 })),
        volumes: T.Optional(
          T.Array(
            T.Object(
              {
                name: T.String({ pattern: '^[a-z][a-z0-9-]{0,30}$' }),
                mountPath: T.String({ maxLength: 300, pattern: '^/[^\\x00]*$' }),
                sizeGb: T.Optional(T.Number({ minimum: 0 })),
                readOnly: T.Optional(T.Boolean()),
              },
              closed,
            ),
            { maxItems: 20 },
          ),
        ),
        resources: T.Optional(
          T.Object({ requests: T.Optional(ResourceSpec), limits: T.Optional(ResourceSpec) }, closed),
        ),
        restartPolicy: T.Optional(
          T.Union([T.Literal('always'), T.Literal('on-failure'), T.Literal('never')], { default: 'on-failure' }),
        ),
        stopTimeout: T.Optional(
          T.Integer({ minimum: 1, maximum: 3600, default: 30, description: 'Seconds, then kill.' }),
        ),
        healthcheck: T.Optional(
          T.Object(
            {
              command: T.Array(Str(4096), { minItems: 1, maxItems: 50 }),
              intervalSeconds: T.Optional(T.Integer({ minimum: 1, maximum: 3600 })),
              timeoutSeconds: T.Optional(T.Integer({ minimum: 1, maximum: 600 })),
              retries: T.Optional(T.Integer({ minimum: 1, maximum: 100 })),
              startPeriodSeconds: T.Optional(T.Integer({ minimum: 0, maximum: 3600 })),
            },
            closed,
          ),
        ),
        variables: T.Optional(T.Array(VariableSpec, { maxItems: 100 })),
        install: T.Optional(
          T.Object(
            {
              image: T.Optional(Str(300, 'Docker only; absent means the workload’s own image.')),
              entrypoint: T.Optional(T.Array(Str(400), { minItems: 1, maxItems: 20, description: 'Default: /bin/sh' })),
              script: Str(65536, 'Runs in the data folder; exit code 0 means installed.'),
            },
            closed,
          ),
        ),
        configFiles: T.Optional(
          T.Array(
            T.Object(
              {
                path: T.String({ minLength: 1, maxLength: 300, description: 'Below the data folder.' }),
                content: Str(262144),
                overwrite: T.Optional(
                  T.Boolean({ default: true, description: 'False: written only when it is missing.' }),
                ),
              },
              closed,
            ),
            { maxItems: 50 },
          ),
        ),
        ready: T.Optional(
          T.Object(
            {
              log: T.Optional(Str(500, 'Text that the server prints when it is ready.')),
              regex: T.Optional(Str(300, 'The same as a regular expression.')),
              port: T.Optional(T.String({ description: 'Name of a TCP port that accepts connections.' })),
              timeoutSeconds: T.Optional(
                T.Integer({ minimum: 1, maximum: 7200, description: 'After it the server counts as running.' }),
              ),
            },
            closed,
          ),
        ),
        stop: T.Optional(
          T.Object(
            {
              command: T.Optional(Str(500, 'Typed into the console.')),
              signal: T.Optional(T.Enum(['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGWINCH'])),
            },
            closed,
          ),
        ),
      },
      closed,
    ),
  },
  closed,
)
export type WorkloadDocument = Static<typeof WorkloadDocument>

/**
 * A document in an answer. It was checked against `WorkloadDocument` when it came in, so it goes out as it is: walking its
 * schema again would cost more than the rest of the answer.
 */
export const CheckedDocument = T.Unsafe<WorkloadDocument>({ description: 'A shardlyn/v1 Workload document.' })
