import type { AgentSettings } from '#agent/settings'
import { invalid } from '#agent/errors'

/** What the install script was told; absent: stays as it is. */
export type Choices = {
  terminal?: boolean | undefined
  hostFiles?: boolean | undefined
  hostFilePaths?: readonly string[] | undefined
  hostFilesWritable?: boolean | undefined
  sshCa?: boolean | undefined
  preferIpv4?: boolean | undefined
  updates?: boolean | undefined
  service?: 'systemd' | 'supervised' | undefined
}

/** `a,b,c` as whole paths. */
export function parsePaths(text: string): string[] {
  const paths = text
    .split(',')
    .map((path) => path.trim())
    .filter((path) => path !== '')
  const wrong = paths.find((path) => !path.startsWith('/') || path.includes('\0'))
  if (wrong !== undefined) {
    throw invalid('bad_path', `--host-files-allow-paths takes whole paths, from /, not ${wrong}.`)
  }
  if (paths.length === 0 || paths.length > 64) {
    throw invalid('bad_path', '--host-files-allow-paths takes 1 to 64 folders.')
  }
  return [...new Set(paths)]
}

/** What is allowed here, after an installation: what was said now, else what was said before. */
export function mergeSettings(before: AgentSettings, chosen: Choices): AgentSettings {
  const { host_files, ssh, ...rest } = before
  const isOpen = chosen.hostFiles ?? (host_files !== undefined && host_files.paths.length > 0)
  if (!isOpen && (chosen.hostFilePaths || chosen.hostFilesWritable)) {
    throw invalid('host_files_off', 'Files of this machine are not shown. Give --enable-host-files as well.')
  }
  const writable = chosen.hostFilesWritable ?? host_files?.writable
  const manage = chosen.sshCa ?? ssh?.manage
  return {
    ...rest,
    ...(chosen.terminal !== undefined && { terminal: chosen.terminal }),
    ...(isOpen && {
      host_files: {
        paths: [...(chosen.hostFilePaths ?? (host_files?.paths.length ? host_files.paths : ['/']))],
        ...(writable !== undefined && { writable }),
      },
    }),
    ...(manage !== undefined && { ssh: { ...ssh, manage } }),
    ...(chosen.preferIpv4 !== undefined && { prefer_ipv4: chosen.preferIpv4 }),
    ...(chosen.updates !== undefined && { updates: chosen.updates }),
    ...(chosen.service && { service: chosen.service }),
  }
}

/** What a machine's owner allows, in words, a line each. */
export function describeSettings({ terminal, host_files, ssh, updates }: AgentSettings): string[] {
  const files = host_files?.paths.length
    ? `${host_files.writable ? 'may be changed' : 'may be read'} in ${host_files.paths.join(', ')}`
    : 'off'
  return [
    `Terminal: ${terminal ? 'on' : 'off'}`,
    `Files of this machine: ${files}`,
    `Keys that sshd trusts: ${ssh?.manage ? 'kept by the agent' : 'not touched'}`,
    `Updates from the control plane: ${updates === false ? 'off' : 'on'}`,
  ]
}
