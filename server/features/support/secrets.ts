export const REMOVED = '[removed]'

const WORD = String.raw`(?:pass(?:word|wd|phrase|code)?(?![a-z])|passw|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|master[_-]?key|credential|authorization|ticket|signature)`
const VALUE = String.raw`"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s,;&"'}\])]+`
/** From the telling word on. What stands before it in the name stays, so the search need not look for where the name begins. */
const NAMED = String.raw`${WORD}[\w.-]{0,40}\\?["']?\s{0,5}[:=]\s{0,5}`

/** Every repetition that can begin anywhere has a bound, so that the time grows with the text and not with its square. */
const patterns: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]{1,40}-----[\s\S]*?(?:-----END [A-Z ]{1,40}-----|$)/g, REMOVED],
  [/\b(Bearer|Basic|Digest)\s{1,5}[\w+/=.~-]{4,}/gi, `$1 ${REMOVED}`],
  [/(cookie\\?["']?\s{0,5}[:=]\s{0,5}["']?)[^\r\n"'\\]+/gi, `$1${REMOVED}`],
  // JSON inside a text of JSON has its quotes escaped.
  [new RegExp(String.raw`(${NAMED})\\"[^"\\]{0,4000}\\"`, 'gi'), `$1${REMOVED}`],
  [new RegExp(String.raw`(${NAMED})(?:${VALUE})`, 'gi'), `$1"${REMOVED}"`],
  [new RegExp(String.raw`(--[\w-]{0,40}${WORD}[\w-]{0,40}\s{1,5})(?:${VALUE})`, 'gi'), `$1${REMOVED}`],
  // User and password in an address, then its query and fragment.
  [/(\b[a-z][a-z\d+.-]{0,20}:\/\/)[^\s/@"']{1,300}@/gi, `$1${REMOVED}@`],
  [/(\b[a-z][a-z\d+.-]{0,20}:\/\/[^\s?#"'<>]{0,2000})[?#][^\s"'<>]+/gi, `$1?${REMOVED}`],
  [/(\/v1\/[^\s?#"'<>]{0,500})\?[^\s"'<>]+/g, `$1?${REMOVED}`],
  // Known by their form: our tokens, JSON web tokens, sealed values, those of GitHub, AWS and Slack.
  [/\bshardlyn_[a-z]{2,20}_[\w-]{8,}/g, REMOVED],
  [/\beyJ[\w-]{5,2000}\.[\w-]{1,4000}\.[\w-]*/g, REMOVED],
  [/\bv1\.[\w-]{30,}/g, REMOVED],
  [/\b(?:gh[pousr]_|github_pat_|xox[abprs]-|AKIA|sk-)[\w-]{12,}/g, REMOVED],
  // Forty characters without a break are a key or a hash. Ids have 36.
  [/(?<![\w+/-])[\w+-]{40,}={0,2}(?![\w+/-])/g, REMOVED],
]

const telling = new RegExp(WORD, 'i')
/** Whether a setting of this name is one that nobody should read. */
export const isSecretName = (name: string): boolean => telling.test(name)

/** Takes out what looks like a secret, and what is known to be one. */
export function withoutSecrets(text: string, known: readonly string[] = []): string {
  let left = text
  // The longest first, so that no rest of one is left where a shorter one is part of it.
  for (const secret of known.toSorted((a, b) => b.length - a.length)) {
    left = left.replaceAll(secret, REMOVED)
    const escaped = JSON.stringify(secret).slice(1, -1)
    if (escaped !== secret) left = left.replaceAll(escaped, REMOVED)
  }
  return patterns.reduce((rest, [pattern, instead]) => rest.replace(pattern, instead), left)
}

const MIN_LENGTH = 4
/** Values of a server's environment that must not be repeated: named like a secret, or so made that they can be one. */
export const secretValues = (environment: Record<string, string>, secretNames: ReadonlySet<string>): string[] =>
  Object.entries(environment)
    .filter(
      ([name, value]) =>
        value.length >= MIN_LENGTH &&
        (secretNames.has(name) || isSecretName(name) || /^(?=.*\d)(?=.*\p{L})[^\s/\\]{8,}$/u.test(value)),
    )
    .map(([, value]) => value)
