import type { Static, TSchema } from 'typebox'
import { fits } from '#server/tunnel/checks'

const BAD_MAX = 20

type Handlers<Message> = {
  hear: (message: Message) => void
  refuse: (code: string, error: string) => void
  giveUp: () => void
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Reads a viewer's messages by their schema; one that sends many that mean nothing is given up. */
export function createListener<S extends TSchema>(schema: S, { hear, refuse, giveUp }: Handlers<Static<S>>) {
  let bad = 0
  return (data: Buffer, isBinary: boolean): void => {
    const message = isBinary ? undefined : parse(data.toString())
    if (fits(schema, message)) return hear(message)
    refuse('invalid_message', 'That message is not one of those that this socket takes.')
    if (++bad >= BAD_MAX) giveUp()
  }
}
