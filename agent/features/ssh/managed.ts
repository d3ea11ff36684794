import { existsSync, readFileSync, statSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Check } from 'typebox/value'
import { SshTrust } from '#contract/ssh'
import type { Logger } from '../../logger.ts'
import { readJsonSync, writeDurably, writeJson } from '../../state.ts'
import { differing, dropIn, sshFiles, wantedSettings } from './drop-in.ts'
import { assertKeys, assertKrl, fingerprintOf, krlVersionOf } from './ssh-keygen.ts'
import type { Sshd } from './sshd.ts'

export const TRUST_FILE = 'ssh-trust.json'
/** What is looked at often is whether our files are as we left them; asking sshd costs a process. */
const LOOK_MS = 2000
const ASK_MS = 60_000
/** What could not be put in place is tried again. */
const RETRY_MS = 10_000
const KEY = /^ssh-ed25519 [A-Za-z0-9+/]{68}$/

type Options = { dataDir: string; folder: string; sshd: Sshd; log: Logger; lookMs?: number }
const wordsOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
/** Undefined for what is not there, and for what is no file at all. */
function read(file: string): Buffer | undefined {
  try {
    return readFileSync(file)
  } catch {
    return undefined
  }
}

/** Keeps whom sshd trusts as the control plane said last, and restores it when it is lost. */
export function createManaged({ dataDir, folder, sshd, log, lookMs = LOOK_MS }: Options) {
  const files = sshFiles(folder)
  const trustFile = path.join(dataDir, TRUST_FILE)
  let trust: SshTrust | undefined
  let problem: string | null = null
  let isEffective = false
  let askedAt = 0
  /** Our files as we left them, so that looking costs three calls of stat. */
  let left = ''
  let turn: Promise<void> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = turn.then(work)
    turn = done.then(
      () => {},
      () => {},
    )
    return done
  }

  const contentsOf = ({ ca_keys, krl, scopes }: SshTrust) => ({
    ca: Buffer.from(ca_keys.map((line) => `${line}\n`).join('')),
    krl: Buffer.from(krl, 'base64'),
    config: Buffer.from(dropIn(wantedSettings(files, scopes))),
  })

  const look = () =>
    Object.values(files)
      .map((file) => {
        const stat = statSync(file, { throwIfNoEntry: false })
        return stat ? [stat.ino, stat.size, stat.mtimeMs, stat.ctimeMs, stat.mode].join('.') : 'none'
      })
      .join(' ')

  /** By OpenSSH itself, before anything is touched. */
  async function assertUsable(said: SshTrust): Promise<void> {
    const { ca_keys, krl_version } = said
    if (ca_keys.length === 0 || !ca_keys.every((line) => KEY.test(line))) throw new Error('The CA keys are no keys.')
    const { ca, krl } = contentsOf(said)
    if (krlVersionOf(krl) !== krl_version) throw new Error('The revocation list is none, or of another version.')
    const place = await mkdtemp(path.join(dataDir, 'ssh-check-'))
    try {
      const [keys, list] = [path.join(place, 'keys'), path.join(place, 'krl')]
      await writeFile(keys, ca)
      await writeFile(list, krl)
      await assertKeys(keys, ca_keys.length)
      await assertKrl(list)
    } finally {
      await rm(place, { recursive: true, force: true })
    }
  }

  /** What the owner set stands: ours would come first and silently win. */
  async function assertFree(wanted: ReadonlyMap<string, string>): Promise<void> {
    if (existsSync(files.config)) return
    const others = differing(wanted, await sshd.settings()).filter(({ isSet }) => isSet)
    if (others.length === 0) return
    const told = others.map(({ name, value }) => `${name} ${value}`).join(', ')
    throw new Error(
      `sshd has settings of its own there: ${told}. Take them out of ${sshd.config}, or log in another way.`,
    )
  }

  async function ask(wanted: ReadonlyMap<string, string>): Promise<void> {
    askedAt = Date.now()
    const others = differing(wanted, await sshd.settings())
    isEffective = others.length === 0
    const first = others[0]
    if (!first) return void (problem = null)
    problem = first.isSet
      ? `sshd has another ${first.name}: ${first.value}. Take it out of its configuration.`
      : `sshd does not read ${files.config}. Put this line first into ${sshd.config}: Include ${path.join(folder, 'sshd_config.d')}/*.conf`
  }

  async function replace(file: string, content: Buffer): Promise<void> {
    if (read(file)?.equals(content)) return
    // Nothing is renamed over a folder.
    if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) await rm(file, { recursive: true })
    await writeDurably(file, content, 0o644)
  }

  /** The configuration comes last: it is what makes sshd read the others. */
  async function install(said: SshTrust): Promise<void> {
    const wanted = wantedSettings(files, said.scopes)
    await assertFree(wanted)
    const contents = contentsOf(said)
    await replace(files.krl, contents.krl)
    await replace(files.ca, contents.ca)
    const before = read(files.config)
    if (!before?.equals(contents.config)) {
      await sshd.check()
      await mkdir(path.dirname(files.config), { recursive: true, mode: 0o755 })
      await writeDurably(files.config, contents.config, 0o644)
      try {
        await sshd.check()
      } catch (error) {
        if (before) await writeDurably(files.config, before, 0o644)
        else await rm(files.config, { force: true })
        throw error
      }
      await sshd.reload()
    }
    left = look()
    await ask(wanted)
  }

  /** Installs, and remembers what keeps it from being so. */
  async function bring(said: SshTrust): Promise<void> {
    try {
      await install(said)
    } catch (error) {
      isEffective = false
      problem = wordsOf(error)
      left = ''
      askedAt = Date.now() - ASK_MS + RETRY_MS
      throw error
    }
  }

  async function tend(): Promise<void> {
    if (!trust) return
    const isTouched = left !== '' && look() !== left
    if (!isTouched && Date.now() - askedAt < ASK_MS) return
    const lost = isTouched
      ? Object.entries(contentsOf(trust)).filter(
          ([name, content]) => !read(files[name as keyof typeof files])?.equals(content),
        )
      : []
    if (lost.length > 0) {
      log.warn(
        { files: lost.map(([name]) => name) },
        'files that sshd needs were missing or changed; they are put back',
      )
    }
    await bring(trust)
  }
  const timer = setInterval(() => {
    inTurn(tend).catch((error: unknown) => log.warn({ err: error }, 'sshd is not as it should be'))
  }, lookMs)
  timer.unref()

  return {
    /** What was said last, from before our start: sshd is set right without the control plane. */
    async begin(): Promise<void> {
      const known = readJsonSync(trustFile)
      if (!Check(SshTrust, known)) return
      trust = known
      await inTurn(() => bring(known)).catch((error: unknown) =>
        log.warn({ err: error }, 'sshd could not be set up to trust certificates'),
      )
    },

    /** Checked, put in place, and kept. What cannot be put in place is told by `problem`, and tried again. */
    apply: (said: SshTrust): Promise<void> =>
      inTurn(async () => {
        await assertUsable(said)
        trust = said
        await writeJson(trustFile, said)
        await bring(said).catch((error: unknown) => log.warn({ err: error }, 'sshd could not be set up'))
      }),

    state() {
      const krl = read(files.krl)
      const isWhole = trust !== undefined && krl !== undefined && krl.equals(Buffer.from(trust.krl, 'base64'))
      return {
        trusts_ca: isEffective,
        ca_fingerprints: isEffective ? (trust?.ca_keys ?? []).map(fingerprintOf) : [],
        krl_version: isWhole ? krlVersionOf(krl) : null,
        problem:
          problem ?? (trust && !isWhole ? 'The revocation list is missing or broken. It is being put back.' : null),
      }
    },

    async close(): Promise<void> {
      clearInterval(timer)
      await turn
    },
  }
}
export type Managed = ReturnType<typeof createManaged>
