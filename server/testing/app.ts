import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { operations } from '#contract/all'
import type { Me, Tokens } from '#contract/auth'
import { type Operation, urlFor } from '#contract/operation'
import type { InstancePermission, Permission, Role } from '#contract/permissions'
import type { Logger } from 'pino'
import { buildApp } from '#server/app'
import { type Clock, systemClock } from '#server/clock'
import type { Config } from '#server/config'
import { openMetrics } from '#server/db/metrics'
import { openDb } from '#server/db/open'
import { createSeal } from '#server/db/seal'
import { newId } from '#server/ids'
import { createLog } from '#server/log'
import type { MigrationTimes } from '#server/features/migrations/deps'
import type { MailTimes } from '#server/features/mail/transport'
import type { OutboxTimes } from '#server/features/mail/outbox'
import type { TunnelTimes } from '#server/tunnel/session'

export type CallInput = { params?: Record<string, unknown>; query?: Record<string, unknown>; body?: unknown }
export type CallOptions = { token?: string | null; headers?: Record<string, string>; from?: string }

const operation = (id: string): Operation => {
  const found = operations.find((op) => op.schema.operationId === id)
  if (!found) throw new Error(`The contract has no operation ${id}.`)
  return found
}

type NewPerson = {
  email: string
  role: Role | null
  organization_id?: string
  platform_role?: 'admin' | 'user'
  grants?: readonly Permission[]
  denials?: readonly Permission[]
  /** By id of the server. */
  shares?: Record<string, readonly InstancePermission[]>
}

type TestOptions = {
  clock?: Clock
  eager?: boolean
  config?: Partial<Config>
  tunnelTimes?: Partial<TunnelTimes>
  mailTimes?: Partial<MailTimes & OutboxTimes>
  migrationTimes?: Partial<MigrationTimes>
  port?: () => number
  log?: Logger
  /** Absent: in memory. */
  databaseFile?: string
}

/** A whole control plane on an in-memory database, without a port; closed by `await using`. `signedIn` calls as its first administrator. */
export async function testApp({
  clock = systemClock,
  eager = false,
  config = {},
  tunnelTimes,
  mailTimes,
  migrationTimes,
  port = () => 80,
  log = createLog('silent'),
  databaseFile = ':memory:',
}: TestOptions = {}) {
  const dataDir = mkdtempSync(join(tmpdir(), 'shardlyn-test-'))
  const control = openDb(databaseFile)
  const metrics = openMetrics(':memory:')
  const bootstrapped: string[] = []
  const built = await buildApp({
    config: {
      host: '127.0.0.1',
      port: 0,
      dataDir,
      publicUrl: null,
      localNode: false,
      logLevel: 'silent',
      rendererDir: null,
      resourcesDir: join(import.meta.dirname, '..', '..', 'resources'),
      agentCommand: [],
      rateLimit: 100_000,
      ...config,
    },
    clock,
    control,
    metrics,
    eager,
    tunnelTimes,
    mailTimes,
    migrationTimes,
    log,
    seal: createSeal(Buffer.alloc(32, 7)),
    masterKey: Buffer.alloc(32, 7),
    bootstrapCode: '1234-5678-9012',
    onBootstrap: async (organizationId) => void bootstrapped.push(organizationId),
    port,
    jobsAreFine: () => true,
  })
  let adminToken: string | undefined

  async function call(op: Operation, input: CallInput = {}, { token, headers, from }: CallOptions = {}) {
    const response = await built.app.inject({
      method: op.method,
      url: urlFor(op, input),
      ...(from && { remoteAddress: from }),
      headers: {
        host: 'localhost',
        ...(token && { authorization: `Bearer ${token}` }),
        ...(input.body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(input.body !== undefined && { payload: JSON.stringify(input.body) }),
    })
    // Tests read bodies of many shapes; each states the shape it expects by what it compares with.
    const json = () => response.json()
    return { status: response.statusCode, headers: response.headers, text: response.body, json }
  }

  return {
    ...built,
    control,
    dataDir,
    bootstrapped,
    call,
    /** Sets the server up on first use; the token of its administrator. */
    async adminToken(): Promise<string> {
      if (adminToken === undefined) {
        const answer = await call(operation('bootstrap'), {
          body: { email: 'admin@example.com', password: 'correct horse' },
        })
        adminToken = (answer.json() as Tokens).access_token
      }
      return adminToken
    },
    /** A person in the first organization with a role, or in none; straight into the database, as invitations would. */
    async addPerson({
      email,
      role,
      organization_id,
      platform_role = 'user',
      grants = [],
      denials = [],
      shares = {},
    }: NewPerson) {
      const { organization } = (await this.signedIn(operation('getMe'))).json() as Me
      const organizationId = organization_id ?? organization?.id ?? ''
      const now = new Date().toISOString()
      const id = newId()
      await control.db
        .insertInto('users')
        .values({
          id,
          email,
          password_hash: null,
          platform_role,
          default_organization_id: organizationId,
          suspended_at: null,
          created_at: now,
          updated_at: now,
        })
        .execute()
      if (role) {
        await control.db
          .insertInto('memberships')
          .values({ organization_id: organizationId, user_id: id, role, created_at: now })
          .execute()
      }
      const effects = [
        ...grants.map((key) => ({ key, effect: 'grant' as const })),
        ...denials.map((key) => ({ key, effect: 'deny' as const })),
      ]
      for (const effect of effects) {
        await control.db
          .insertInto('member_permissions')
          .values({ ...effect, organization_id: organizationId, user_id: id, created_at: now })
          .execute()
      }
      for (const [instance_id, permissions] of Object.entries(shares)) {
        await control.db
          .insertInto('instance_access')
          .values({
            instance_id,
            user_id: id,
            permissions: JSON.stringify(permissions),
            created_at: now,
            updated_at: now,
          })
          .execute()
      }
      return { id, token: await built.auth.openSessionFor(id) }
    },
    /** Another organization with its owner, for trying foreign ids. */
    async addOrganization(name: string) {
      const id = newId()
      await control.db
        .insertInto('organizations')
        .values({ id, name, slug: id, created_at: new Date().toISOString() })
        .execute()
      const owner = await this.addPerson({ email: `owner@${id}.example`, role: 'owner', organization_id: id })
      return { id, owner }
    },
    async signedIn(op: Operation, input: CallInput = {}) {
      return call(op, input, { token: await this.adminToken() })
    },
    async [Symbol.asyncDispose]() {
      await built.close()
      await control.close()
      metrics.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
export type TestApp = Awaited<ReturnType<typeof testApp>>
