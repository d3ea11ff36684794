import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { InstanceSpec } from '#contract/agent'
import { invalid } from '../../errors.ts'
import { MARKER } from '../process-tree.ts'
import { type Account, findAccount } from './account.ts'

/** Where programs of games and of the system lie, beyond what the agent itself was started with. */
const extraPath = ['/usr/local/bin', '/usr/bin', '/bin', '/usr/local/games', '/usr/games', '/usr/sbin', '/sbin']
/** Without these no program starts on Windows. */
const windowsNames = [
  'SystemRoot',
  'SystemDrive',
  'windir',
  'TEMP',
  'TMP',
  'PATHEXT',
  'ComSpec',
  'NUMBER_OF_PROCESSORS',
]

/** A server's environment: its own, and the little that any program expects. Never the agent's, which holds secrets. */
export function cleanEnvironment(spec: InstanceSpec, home: string, marker: string): Record<string, string> {
  const inherited = process.platform === 'win32' ? windowsNames : []
  const own = Object.fromEntries(
    inherited.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  )
  const folders = new Set([
    ...(process.env.PATH ?? '').split(path.delimiter),
    ...(process.platform === 'win32' ? [] : extraPath),
  ])
  return {
    ...own,
    PATH: [...folders].filter((folder) => path.isAbsolute(folder)).join(path.delimiter),
    HOME: home,
    LANG: 'C.UTF-8',
    TERM: 'xterm-256color',
    ...spec.env,
    [MARKER]: marker,
  }
}

/** Finds a program as execvp would; throws in words, because the terminal would only show a number. */
export function findProgram(name: string, cwd: string, env: Record<string, string>): string {
  const candidates = /[/\\]/.test(name)
    ? [path.resolve(cwd, name)]
    : (env.PATH ?? '').split(path.delimiter).map((folder) => path.join(folder, name))
  const endings = process.platform === 'win32' ? ['', '.exe', '.cmd', '.bat'] : ['']
  const found = candidates.flatMap((file) => endings.map((ending) => file + ending)).filter((file) => isFile(file))
  const program = found.find((file) => isExecutable(file))
  if (program) return program
  if (found[0]) throw invalid('not_executable', `The program ${name} is there but may not be executed.`)
  throw invalid('program_not_found', `The program ${name} is not installed on this machine.`)
}

/** The account to run as; null is our own. */
export function resolveUser(user: string | null): Account | null {
  if (user === null) return null
  const account = findAccount(user, readText('/etc/passwd'), readText('/etc/group'))
  const self = os.userInfo()
  if (!account) throw invalid('user_not_found', `This machine has no user ${user}.`)
  if (account.uid === self.uid && account.gid === self.gid) return null
  if (self.uid === 0) return account
  throw invalid('user_not_possible', `Running as ${user} is only possible when the agent itself runs as root.`)
}

const isFile = (file: string) => fs.statSync(file, { throwIfNoEntry: false })?.isFile() ?? false

function isExecutable(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK)
    return true
  } catch {
    return false
  }
}

function readText(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
