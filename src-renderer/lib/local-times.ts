import { formatSince } from './format.ts'

const stamp = /(\d{4}-\d\d-\d\d) (\d\d:\d\d) UTC/g

/** Sentences of the server name times in UTC, for it does not know where they are read: here they are the reader's own. */
export const localTimes = (text: string): string =>
  text.replace(stamp, (_, day: string, minute: string) => formatSince(`${day}T${minute}:00Z`))
