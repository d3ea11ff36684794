import { currentLanguage, t } from './i18n.ts'
import { localTimes } from './local-times.ts'

type Words = (found: readonly string[]) => string

/** What servers and machines say of themselves in English, sentence by sentence, and how it reads in another language. */
const sentences: readonly (readonly [RegExp, Words])[] = [
  [/^It ended with exit code (-?\d+)\.$/, ([code = '']) => t('reasons.server.code', { code })],
  [/^It was ended by (SIG[A-Z0-9]+)\.$/, ([signal = '']) => t('reasons.server.signal', { signal })],
  [
    /^It ran out of memory: it was killed because it needed more than its limit of (.+)\.$/,
    ([limit = '']) => t('reasons.server.oomLimit', { limit }),
  ],
  [/^It ran out of memory: its limit is (.+)\.$/, ([limit = '']) => t('reasons.server.oomLimitBrief', { limit })],
  [/^It ran out of memory: the machine had none left and killed it\.$/, () => t('reasons.server.oomMachine')],
  [/^It ran out of memory\.$/, () => t('reasons.server.oom')],
  [/^(?:It ended; how is not known|How it ended is not known)\.$/, () => t('reasons.server.unknown')],
  [/^It starts again in (\d+ (?:s|min))\.$/, ([delay = '']) => t('reasons.server.again', { delay })],
  [
    /^That was the (\d+)(?:st|nd|rd|th) time within (\d+) minutes, so it is not started again\.$/,
    ([times = '', minutes = '']) => t('reasons.server.gaveUp', { times, minutes }),
  ],
  [/^Its restart policy is never, so it stays stopped\.$/, () => t('reasons.server.never')],
  [/^It stopped by itself \(exit code 0\)\.$/, () => t('reasons.server.byItself')],
  [/^Its stop command was typed in the console\.$/, () => t('reasons.server.typed')],
  [/^The machine was restarted\.$/, () => t('reasons.server.machineRestarted')],
  [/^Its supervisor was killed, and the server was ended with it\.$/, () => t('reasons.server.supervisor')],
  [/^It is being deleted\.$/, () => t('reasons.server.deleting')],
  [/^It is deleted there when the machine is back\.$/, () => t('reasons.server.deletedLater')],
  [/^The machine (.+) has not connected yet\.$/, ([machine = '']) => t('reasons.server.neverConnected', { machine })],
  [
    /^The machine (.+) is away since (.+)\.$/,
    ([machine = '', since = '']) => t('reasons.server.away', { machine, since }),
  ],
  [/^Its agent has not connected yet\.$/, () => t('reasons.machine.neverConnected')],
  [/^Waiting for its agent to connect again\.$/, () => t('reasons.machine.expected')],
  [/^Its agent is not connected\.$/, () => t('reasons.machine.notConnected')],
  [/^Its agent has been away since (.+)\.$/, ([since = '']) => t('reasons.machine.awaySince', { since })],
  [/^Its agent is connected, but sends no heartbeats\.$/, () => t('reasons.machine.noHeartbeats')],
  [
    /^Its agent is connected, but has been silent since (.+)\.$/,
    ([since = '']) => t('reasons.machine.silent', { since }),
  ],
  [/^Its agent speaks protocol .+ is needed\. Update the agent\.$/, () => t('reasons.machine.tooOld')],
  [/^(\S+) cancelled it\.$/, ([who = '']) => t('reasons.move.cancelled', { who })],
  [
    // When it starts again is of then, and long over.
    /^It could not be started on (.+), so it is back on (.+?): (.+?)(?: It starts again in \d+ (?:s|min)\.)?$/,
    ([there = '', here = '', why = '']) => t('reasons.move.cameBack', { there, here, why: said(why) }),
  ],
  [
    /^For (\d+) minutes a machine that is there did not do its part: (.+)$/,
    ([minutes = '', why = '']) => t('reasons.move.noPart', { minutes, why }),
  ],
  [
    /^(.+) is away since (.+)\. Check that it is switched on and its agent runs\.$/,
    ([machine = '', since = '']) => t('reasons.move.away', { machine, since }),
  ],
  [/^Docker does not answer there, .+ it\. Start Docker\.$/, () => t('reasons.machine.docker')],
]

function translate(text: string): string | undefined {
  for (const [pattern, words] of sentences) {
    const found = pattern.exec(text)
    if (found) return words(found.slice(1))
  }
  return undefined
}

/** A text as a whole, else sentence by sentence. */
const said = (text: string): string =>
  translate(text) ??
  text
    .split(/(?<=\.) (?=[A-Z])/)
    .map((sentence) => translate(sentence) ?? sentence)
    .join(' ')

/** Why something is as it is, in the language of the page. What we do not know is shown as it was said. */
export const reasonText = (reason: string): string => localTimes(currentLanguage() === 'en' ? reason : said(reason))
