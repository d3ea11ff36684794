import os from 'node:os'
import path from 'node:path'

/** These read the profile of a login when told so; of others it is not known. */
const takeLogin = new Set(['sh', 'bash', 'dash', 'ash', 'zsh', 'ksh', 'mksh', 'fish', 'tcsh', 'csh'])
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

export type Shell = { file: string; args: string[]; login: string; cwd: string; env: Record<string, string> }

/**
 * The login shell of whoever the agent runs as. Of the agent's own environment it gets nothing but PATH and language: the rest may hold
 * tokens, and belongs to the agent.
 */
export function loginShell(
  environment: NodeJS.ProcessEnv = process.env,
  user: Pick<os.UserInfo<string>, 'username' | 'homedir' | 'shell'> = os.userInfo(),
): Shell {
  const isWindows = process.platform === 'win32'
  const file = user.shell || environment.SHELL || (isWindows ? 'powershell.exe' : '/bin/sh')
  const env: Record<string, string> = isWindows
    ? windowsEnvironment(environment)
    : {
        HOME: user.homedir,
        USER: user.username,
        LOGNAME: user.username,
        SHELL: file,
        PATH: environment.PATH || PATH,
        LANG: environment.LANG || 'C.UTF-8',
      }
  return {
    file,
    // node-pty gives no way to begin the shell's own name with a dash, which says the same.
    args: takeLogin.has(path.basename(file)) ? ['-l'] : [],
    login: user.username,
    cwd: user.homedir,
    env: { ...env, TERM: 'xterm-256color', COLORTERM: 'truecolor' },
  }
}

/** Programs there do not start without these. */
const windowsNames =
  /^(path|pathext|systemroot|systemdrive|comspec|windir|temp|tmp|userprofile|username|appdata|localappdata|programfiles.*|programdata|homedrive|homepath|os|number_of_processors|processor_.*|psmodulepath)$/i
const windowsEnvironment = (environment: NodeJS.ProcessEnv) =>
  Object.fromEntries(
    Object.entries(environment).filter(
      (entry): entry is [string, string] => windowsNames.test(entry[0]) && entry[1] !== undefined,
    ),
  )
