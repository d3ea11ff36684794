/** How a password stands up to guessing, roughly: enough to advise, not to forbid. */
export type Strength = {
  level: 'weak' | 'fair' | 'good' | 'strong'
  score: 0 | 1 | 2 | 3
  hint: 'longer' | 'common' | 'repeats' | 'email' | 'fine'
}

const common =
  /^(?:password|passwort|senha|123456789?0?|12345678|qwerty(?:uiop)?|qwertz|iloveyou|admin(?:istrator)?|letmein|welcome|minecraft|shardlyn|dragon|football|futebol|brasil|abc12345?|11111111|00000000)[\d!@#$.*_-]*$/i

const classes = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z\d]/]
const sizes = [26, 26, 10, 33]

/** Characters that say something new: a repeat of the last one or its neighbour ("aaa", "123", "cba") counts little. */
function distinctLength(password: string): number {
  let length = 0
  let step = Number.NaN
  for (let at = 0; at < password.length; at++) {
    const next = password.charCodeAt(at) - password.charCodeAt(at - 1)
    const isRun = Math.abs(next) <= 1 && next === step
    length += isRun ? 0.2 : 1
    step = next
  }
  return length
}

export function passwordStrength(password: string, email: string): Strength {
  const local = email.split('@')[0]?.toLowerCase() ?? ''
  if (common.test(password)) return { level: 'weak', score: 0, hint: 'common' }
  if (local.length >= 3 && password.toLowerCase().includes(local)) return { level: 'weak', score: 0, hint: 'email' }
  const alphabet = classes.reduce((size, has, index) => size + (has.test(password) ? (sizes[index] ?? 0) : 0), 0)
  const effective = distinctLength(password)
  const bits = effective * Math.log2(Math.max(alphabet, 2))
  if (effective < password.length * 0.6) return { level: 'weak', score: 0, hint: 'repeats' }
  if (bits < 45) return { level: 'weak', score: 0, hint: 'longer' }
  if (bits < 60) return { level: 'fair', score: 1, hint: 'longer' }
  if (bits < 80) return { level: 'good', score: 2, hint: 'fine' }
  return { level: 'strong', score: 3, hint: 'fine' }
}
