import type { TFunction } from 'i18next'
import type { Instance } from '#contract/instances'
import { currentLanguage } from '../../lib/i18n.ts'

type Words = (t: TFunction, found: readonly string[]) => string

/** What machines say of themselves in English, sentence by sentence, and how it reads in another language. */
const sentences: readonly (readonly [RegExp, Words])[] = [
  [/^It ended with exit code (-?\d+)\.$/, (t, [code = '']) => t('instances.reasons.code', { code })],
  [/^It was ended by (SIG[A-Z0-9]+)\.$/, (t, [signal = '']) => t('instances.reasons.signal', { signal })],
  [/^It ran out of memory: it was killed because it needed more than its limit of (.+)\.$/, (t, [limit = '']) => t('instances.reasons.oomLimit', { limit })],
  [/^It ran out of memory: the machine had none left and killed it\.$/, (t) => t('instances.reasons.oomMachine')],
  [/^It ended; how is not known\.$/, (t) => t('instances.reasons.unknown')],
  [/^It starts again in (\d+ (?:s|min))\.$/, (t, [delay = '']) => t('instances.reasons.again', { delay })],
  [
    /^That was the (\d+)(?:st|nd|rd|th) time within (\d+) minutes, so it is not started again\.$/,
    (t, [count = '', minutes = '']) => t('instances.reasons.gaveUp', { times: count, minutes }),
  ],
  [/^Its restart policy is never, so it stays stopped\.$/, (t) => t('instances.reasons.never')],
  [/^It stopped by itself \(exit code 0\)\.$/, (t) => t('instances.reasons.byItself')],
  [/^Its stop command was typed in the console\.$/, (t) => t('instances.reasons.typed')],
  [/^The machine was restarted\.$/, (t) => t('instances.reasons.machineRestarted')],
  [/^Its supervisor was killed, and the server was ended with it\.$/, (t) => t('instances.reasons.supervisor')],
  [/^It is being deleted\.$/, (t) => t('instances.reasons.deleting')],
  [/^It is deleted there when the machine is back\.$/, (t) => t('instances.reasons.deletedLater')],
  [/^The machine (.+) has not connected yet\.$/, (t, [machine = '']) => t('instances.reasons.neverConnected', { machine })],
  [/^The machine (.+) is away since (.+)\.$/, (t, [machine = '', since = '']) => t('instances.reasons.away', { machine, since })],
]

function translate(sentence: string, t: TFunction): string {
  for (const [pattern, words] of sentences) {
    const found = pattern.exec(sentence)
    if (found) return words(t, found.slice(1))
  }
  return sentence
}

/** Why a server is in its state, in the language of the page. What we do not know is shown as it was said. */
export function reasonWords({ state_reason: reason }: Pick<Instance, 'state_reason'>, t: TFunction): string | null {
  if (reason === null || currentLanguage() === 'en') return reason
  return reason
    .split(/(?<=\.) (?=[A-Z])/)
    .map((sentence) => translate(sentence, t))
    .join(' ')
}
