import type { JoinAddress } from '#contract/install'
import {
  getInstallOptions,
  getNetworkSettings,
  type NetworkSettings,
  type updateNetworkSettings,
} from '#contract/network'
import type { Input, Output } from '#contract/operation'
import { type Audit, byCaller } from '#server/audit'
import { type Clock, isoNow } from '#server/clock'
import { inTransaction } from '#server/db/open'
import type { Db } from '#server/db/schema'
import type { Seal } from '#server/db/seal'
import { readSetting, writeSetting } from '#server/db/settings'
import { conflict } from '#server/errors'
import type { Publish } from '#server/events'
import type { Caller } from '#server/http/caller'
import type { Log } from '#server/log'
import { ownAddresses, ownNames } from './addresses.ts'
import { type OwnCertificate, ownCertificate } from './own-certificate.ts'
import { problemOf } from './words.ts'

const SETTING = 'network'
const defaults = { is_enabled: false, port: 7481 }
type Settings = typeof defaults
type Change = Input<typeof updateNetworkSettings>['body']
type Listener = {
  port: number
  show: (identity: { key: string; cert: string }) => void
  close: (graceMs: number) => Promise<void>
}

type Deps = {
  db: Db
  clock: Clock
  log: Log
  seal: Seal
  audit: Audit
  publish: Publish
  publicUrl: string | null
  /** The port of the listener on this machine, and where it is reached from here. */
  ownPort: () => number
  ownUrl: () => string
  listen: (options: { port: number; key: string; cert: string }) => Promise<Listener>
  /** What machines are given to run. */
  install: {
    scriptSha256: () => string
    releases: () => Promise<Output<typeof getInstallOptions>['releases']>
    version: string
  }
}

/** How long those who came over the network may take to finish when it is switched off. */
const GRACE_MS = 1000
/** How long a look at this machine's addresses is believed. */
const LOOK_MS = 5000

const withoutSlash = (url: string) => url.replace(/\/+$/, '')
const urlAt = (address: string, port: number) => `https://${address.includes(':') ? `[${address}]` : address}:${port}`

/** Whether others on the network reach us, and how. */
export function createNetworkService({ db, clock, log, seal, audit, publish, install, ...deps }: Deps) {
  let listener: Listener | undefined
  let certificate: OwnCertificate | undefined
  let problem: string | null = null
  let looked = { at: -Infinity, addresses: [] as string[], names: new Set<string>() }
  let queue: Promise<unknown> = Promise.resolve()

  /** One change at a time. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = queue.then(work)
    queue = done.catch(() => {})
    return done
  }
  const read = () => readSetting<Settings>(db, SETTING, defaults)

  function look() {
    const now = clock.now()
    if (now - looked.at < LOOK_MS && now >= looked.at) return looked
    const addresses = ownAddresses()
    const hosts = [...addresses, '127.0.0.1', '::1'].map((it) => (it.includes(':') ? `[${it}]` : it))
    looked = { at: now, addresses, names: new Set([...ownNames(), ...hosts]) }
    return looked
  }

  const certified = () => ownCertificate({ db, clock, seal }, [...ownNames(), '127.0.0.1', '::1', ...look().addresses])

  async function open(port: number): Promise<Listener> {
    if (port === deps.ownPort()) throw Object.assign(new Error('It is our own.'), { code: 'EADDRINUSE' })
    certificate = await certified()
    const { key, cert } = certificate
    return deps.listen({ port, key, cert })
  }

  async function tryOpen(port: number): Promise<void> {
    try {
      listener = await open(port)
      problem = null
      log.info({ port }, 'others on the network reach this control plane')
    } catch (error) {
      const said = problemOf(error, port)
      if (said !== problem) log.warn({ err: error, port }, 'others on the network do not reach this control plane')
      problem = said
    }
  }

  async function get(): Promise<NetworkSettings> {
    const settings = await read()
    return {
      ...settings,
      addresses: look().addresses.map((address) => urlAt(address, settings.port)),
      fingerprint: certificate?.fingerprint ?? null,
      certificate_expires_at: certificate?.expires_at ?? null,
      public_url: deps.publicUrl,
      problem: settings.is_enabled ? problem : null,
    }
  }

  function addresses(): JoinAddress[] {
    const published: JoinAddress[] =
      deps.publicUrl === null ? [] : [{ url: withoutSlash(deps.publicUrl), kind: 'public', fingerprint: null }]
    const near: JoinAddress[] = listener
      ? look().addresses.map((address) => ({
          url: urlAt(address, listener?.port ?? 0),
          kind: 'network',
          fingerprint: certificate?.fingerprint ?? null,
        }))
      : []
    const all = [...published, ...near]
    return all.length > 0 ? all : [{ url: deps.ownUrl(), kind: 'this_machine', fingerprint: null }]
  }

  return {
    get,

    update: (caller: Caller, change: Change): Promise<NetworkSettings> =>
      inTurn(async () => {
        const before = await read()
        const after = { ...before, ...change }
        const keeps = listener !== undefined && after.is_enabled && listener.port === after.port
        const made =
          after.is_enabled && !keeps
            ? await open(after.port).catch((error: unknown) => {
                throw conflict('port_not_usable', problemOf(error, after.port))
              })
            : undefined
        try {
          await inTransaction(db, async (db) => {
            await writeSetting(db, SETTING, after, isoNow(clock))
            await audit(db, {
              ...byCaller(caller),
              action: 'network_settings.updated',
              subject: { type: 'settings', id: SETTING, name: null },
              details: { before, after },
            })
          })
        } catch (error) {
          await made?.close(0)
          throw error
        }
        problem = null
        const old = keeps ? undefined : listener
        if (!keeps) listener = made
        // Whoever asked may have come by it, and waits for the answer.
        void old?.close(GRACE_MS)
        publish({
          organization_id: caller.organization_id,
          kind: 'settings.updated',
          stale: [getNetworkSettings, getInstallOptions],
        })
        return get()
      }),

    async installOptions(): Promise<Output<typeof getInstallOptions>> {
      return {
        addresses: addresses(),
        script_sha256: install.scriptSha256(),
        releases: await install.releases(),
        version: install.version,
      }
    },

    /** Where links for others lead while the network reaches us. */
    url: (): string | null => addresses().find(({ kind }) => kind === 'network')?.url ?? null,
    /** What the network may call us, and on which port; null while nobody listens. */
    place: () => (listener ? { names: look().names, port: listener.port } : null),

    /** At our start. A port that is taken is told, and stops nothing else. */
    begin: () =>
      inTurn(async () => {
        const { is_enabled, port } = await read()
        if (is_enabled) await tryOpen(port)
      }),

    /** Job: a port may have become free, addresses may have changed, a certificate ends. */
    lookAfter: () =>
      inTurn(async () => {
        const { is_enabled, port } = await read()
        if (!is_enabled) return
        if (!listener) return tryOpen(port)
        const { isNew, wasThere, ...found } = await certified()
        if (!isNew) return
        certificate = found
        listener.show(found)
        if (!wasThere) return
        await audit(db, {
          organization_id: null,
          actor: { type: 'system', id: null, name: null },
          action: 'network.certificate_renewed',
          subject: { type: 'settings', id: SETTING, name: null },
          details: { expires_at: found.expires_at },
        })
      }),

    close: (graceMs: number) =>
      inTurn(async () => {
        await listener?.close(graceMs)
        listener = undefined
      }),
  }
}
export type NetworkService = ReturnType<typeof createNetworkService>
