import type { Language, MailMessage } from '#server/mail'
import { manyLines, nameLine, oneLine } from './plain.ts'
import { english } from './words-en.ts'
import { portuguese } from './words-pt.ts'

/** What is sent; the test is ours alone. */
export type Message = MailMessage | { kind: 'test' }
type Of<K extends Message['kind']> = Extract<Message, { kind: K }>

/** The paragraphs of a mail. A button leads to the link of its message. */
type Words = { subject: string; before: string[]; button?: string; after?: string[] }

/** A language: each kind of mail, and what every mail has. */
export type Wording = { [K in Message['kind']]: (site: string, message: Of<K>) => Words } & {
  alsoAsText: string
  footer: (site: string) => string
}

const wordings: Record<Language, Wording> = { en: english, 'pt-BR': portuguese }

/** A mail in words, still without a form. */
export type Letter = Words & {
  language: Language
  link: string | null
  alsoAsText: string
  /** What a person wrote, as it is. */
  quote: string | null
  footer: string
}

/** Whatever people typed becomes one plain line, but for the text of a support message. */
function tidy(message: Message): Message {
  switch (message.kind) {
    case 'invite':
      return {
        ...message,
        organization: nameLine(message.organization),
        invited_by: nameLine(message.invited_by),
      }
    case 'support':
      return {
        ...message,
        from: oneLine(message.from),
        subject: oneLine(message.subject, 120),
        text: manyLines(message.text),
      }
    default:
      return message
  }
}

function wordsOf(wording: Wording, site: string, message: Message): Words {
  const say = wording[message.kind] as (site: string, message: Message) => Words
  return say(site, message)
}

export function wordLetter(message: Message, language: Language, siteName: string): Letter {
  const wording = wordings[language]
  const site = nameLine(siteName)
  const tidied = tidy(message)
  const words = wordsOf(wording, site, tidied)
  return {
    ...words,
    subject: oneLine(words.subject),
    language,
    link: 'link' in tidied ? tidied.link : null,
    alsoAsText: wording.alsoAsText,
    quote: tidied.kind === 'support' ? tidied.text : null,
    footer: wording.footer(site),
  }
}
