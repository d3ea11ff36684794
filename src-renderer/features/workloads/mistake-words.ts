import type { TFunction } from 'i18next'

/** What the contract says of mistakes in a document, and the words of the catalogue for it. Names in a pattern are filled in. */
const patterns = [
  ['missing', /^is missing$/],
  ['empty', /^must not be empty$/],
  ['unknownMeant', /^is not a known field; did you mean (?<name>.+)\?$/],
  ['unknown', /^is not a known field$/],
  ['quote', /^must be text \(it is (?<value>.+); write it in quotes\)$/],
  ['but', /^(?<what>must be .+), but (?<found>is .+)$/],
  ['text', /^must be text$/],
  ['list', /^must be a list$/],
  ['group', /^must be a group of fields$/],
  ['names', /^must be a group of names with texts$/],
  ['yesNo', /^must be true or false$/],
  ['wholeBetween', /^must be a whole number from (?<min>\S+) to (?<max>\S+)$/],
  ['wholeFrom', /^must be a whole number of at least (?<min>\S+)$/],
  ['wholeTo', /^must be a whole number of at most (?<max>\S+)$/],
  ['whole', /^must be a whole number$/],
  ['numberBetween', /^must be a number from (?<min>\S+) to (?<max>\S+)$/],
  ['numberFrom', /^must be a number of at least (?<min>\S+)$/],
  ['numberTo', /^must be a number of at most (?<max>\S+)$/],
  ['number', /^must be a number$/],
  ['least', /^must have at least (?<count>\d+) characters?$/],
  ['most', /^must have at most (?<count>\d+) characters?(?:, and has \d+)?$/],
  ['entries', /^must have at most (?<max>\d+) entries, and has (?<has>\d+)$/],
  ['readable', /^must be readable text: it holds a character that is none$/],
  ['line', /^must be a single line of readable text$/],
  ['singleLine', /^must be a single line$/],
  ['visible', /^must be a single line with at least one visible character$/],
  ['spaces', /^must not begin or end with a space$/],
  ['reserved', /^must have another name; this one is reserved$/],
  [
    'shortName',
    /^must begin with a lower-case letter and hold only lower-case letters, digits and dashes, (?<max>\d+) at most$/,
  ],
  [
    'envName',
    /^must be a name such as MAX_PLAYERS: capitals, digits and underscores, (?<max>\d+) at most, no digit first$/,
  ],
  ['fieldName', /^must have a name of letters, digits and underscores, (?<max>\d+) at most, no digit first$/],
  ['lineName', /^must have a name of a single line$/],
  ['nameLength', /^must have a name of 1 to (?<max>\d+) characters$/],
  ['cpu', /^must be a number of cores, such as 2, 0\.5 or 500m$/],
  ['cpuRange', /^must be from 50m to 512$/],
  ['memory', /^must be an amount of memory, such as 512Mi or 4Gi$/],
  ['memoryRange', /^must be at least 6Mi, and no more than a machine can have$/],
  ['image', /^must be the name of an image, without spaces and not beginning with a dash$/],
  ['user', /^must be a user such as 1000, 1000:1000 or steam$/],
  ['slash', /^must be a path that begins with a slash$/],
  ['containerPath', /^must be a path in the container that begins with a slash$/],
  ['dataPath', /^must be a path below the data folder, without a slash at its beginning$/],
  ['pathCharacters', /^must not hold a backslash, colon or control character$/],
  ['pathNames', /^must not hold an empty name, \. or \.\.$/],
  ['mountRoot', /^must not be the root of the container$/],
  ['mountDots', /^must not hold \. or \.\.$/],
  ['mountCharacters', /^must not hold a colon, comma, backslash or line break$/],
  ['needsImage', /^is missing; the docker runtime needs an image$/],
  ['needsProgram', /^is missing; the process runtime needs the program to run$/],
  ['dockerVolumes', /^belong to the docker runtime; a process keeps its files in its data folder$/],
  ['dockerInstall', /^belongs to the docker runtime; a process is installed on the machine itself$/],
  ['same', /^is the same as that of (?<path>.+)$/],
  ['samePort', /^is the same (?<protocol>TCP|UDP) port as that of (?<path>.+)$/],
  ['onePrimary', /^is set at (?<path>.+) already; only one port can be$/],
  ['tcpOnly', /^is for TCP ports; this one is UDP$/],
  ['readyTcp', /^must be a TCP port; nobody answers on a UDP port$/],
  ['portNames', /^must be the name of a port: (?<names>.+)$/],
  ['noPorts', /^must be the name of a port; there are none$/],
  ['aboveLimit', /^must not be more than the limit of (?<limit>.+)$/],
  ['aboveMax', /^must not be more than max$/],
  ['noBounds', /^min and max mean nothing for true or false$/],
  ['ownRules', /^breaks its own rules: (?<what>.+)$/],
  ['nobody', /^is missing; nobody could fill this in$/],
  ['twice', /^is set in spec\.env too; keep one of them$/],
  ['needsLimit', /^uses \{\{limits\.memoryMb\}\}, so spec\.resources\.limits\.memory must say how much that is$/],
  ['placeholderMeant', /^uses \{\{(?<name>.+)\}\}, which is not known; did you mean \{\{(?<meant>.+)\}\}\?$/],
  ['placeholder', /^uses \{\{(?<name>.+)\}\}, which is not known; it takes .+$/],
  ['match', /^must match (?<pattern>.+)$/],
  ['oneOf', /^must be (?<options>.+)$/],
  ['isEmpty', /^is empty$/],
  ['isList', /^is a list$/],
  ['isGroup', /^is a group of fields$/],
  ['isText', /^is text$/],
  ['is', /^is (?<value>.+)$/],
] as const

/** A mistake in the language of the page. What is not known here is shown as the contract says it. */
export function mistakeWords(message: string, t: TFunction): string {
  for (const [key, pattern] of patterns) {
    const found = pattern.exec(message)
    if (!found) continue
    const values = Object.entries(found.groups ?? {}).map(([name, value]) => {
      const isNested = (name === 'what' || name === 'found') && value !== undefined
      return [name, isNested ? mistakeWords(value, t) : name === 'count' ? Number(value) : value] as const
    })
    return t(`workloads.mistakes.${key}` as 'workloads.mistakes.missing', Object.fromEntries(values))
  }
  return message
}
