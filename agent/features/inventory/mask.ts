import { isSecretName } from './secret-name.ts'

const STARS = '***'
/** A name and what stands between it and its value: `NAME=`, `--name value`, `"name": `, `Header: `. Bounded, since anybody may run a program with any arguments. */
const named = /([\w.-]{1,64})(["']?\s?=\s?["']?|["']\s?:\s?["']?|:\s["']?|\s["']?)/g
const value = /[^\s&;,'"})]+/y
const headerValue = /[^'"]+/y
const header = /^(?:authorization|proxy-authorization|cookie)$/i
const inUrl = /([a-z][a-z0-9+.-]{0,30}:\/\/[^\s/:@]*:)[^\s/]+(@)/gi
const loneInUrl = /([a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/:@]{20,}(@)/gi
const inPass = /\b(pass:)\S+/g
/** Tokens that are known by their own shape. */
const known =
  /\b(?:gh[opsur]_\w{20,200}|github_pat_\w{20,200}|glpat-[\w-]{15,200}|xox[a-z]-[\w-]{10,200}|sk-[\w-]{20,200}|AKIA[0-9A-Z]{16}|eyJ[\w-]{8,2000}\.[\w-]{8,2000}\.[\w-]{0,2000})/g

/** Of these programs `-pVALUE` or `-p VALUE` is a password; of others it is a port, a path or something else that people want to see. */
const programs: { name: RegExp; joined: RegExp; alone?: RegExp }[] = [
  { name: /^(?:mysql|mariadb)[\w-]*$/, joined: /^-p(?=.)/ },
  { name: /^sshpass$/, joined: /^-p(?=.)/, alone: /^-p$/ },
  { name: /^redis-cli$/, joined: /^-a(?=.)/, alone: /^-a$/ },
  { name: /^ldap\w+$/, joined: /^-w(?=.)/, alone: /^-w$/ },
]
const fetching = /^(?:curl|wget)$/

function maskNamed(text: string): string {
  let masked = ''
  let at = 0
  named.lastIndex = 0
  for (let match = named.exec(text); match; match = named.exec(text)) {
    const [, name = '', between = ''] = match
    const isHeader = header.test(name) && between.startsWith(':')
    const isFlag = name.startsWith('-')
    if (!isHeader && (!isSecretName(name) || (/^\s/.test(between) && !between.includes('=') && !isFlag))) continue
    const start = named.lastIndex
    if (isFlag && text[start] === '-' && !between.includes('=')) continue
    const pattern = isHeader ? headerValue : value
    pattern.lastIndex = start
    const found = pattern.exec(text)
    if (!found) continue
    masked += text.slice(at, start) + STARS
    at = named.lastIndex = start + found[0].length
  }
  return masked + text.slice(at)
}

/** Text in which what looks like a secret is stars. It cannot find every secret; it finds those that are named as such. */
export const maskText = (text: string): string =>
  maskNamed(text)
    .replace(inUrl, `$1${STARS}$2`)
    .replace(loneInUrl, `$1${STARS}$2`)
    .replace(inPass, `$1${STARS}`)
    .replace(known, STARS)

/** The same of a program's arguments, each by itself and by what comes before it. */
export function maskArguments(args: readonly string[]): string[] {
  const program = args[0]?.split('/').at(-1) ?? ''
  const own = programs.find(({ name }) => name.test(program))
  return args.map((arg, index) => {
    const before = args[index - 1] ?? ''
    if (index === 0) return maskText(arg)
    if (/^--?[A-Za-z]/.test(before) && !before.includes('=') && isSecretName(before)) return STARS
    if (own?.alone?.test(before)) return STARS
    if (fetching.test(program) && /^(?:-u|--user|--proxy-user)$/.test(before)) return arg.replace(/:.*$/s, `:${STARS}`)
    const flag = own?.joined.exec(arg)?.[0]
    return flag === undefined ? maskText(arg) : `${flag}${STARS}`
  })
}
