/** What moves the cursor, turns the direction of writing, or is not seen at all. */
const unprintable = /[\p{Cc}\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu

/** Text of whoever named a process, an interface or a container: on one line, no longer than `max`, and nothing in it but what is seen. */
export const clean = (text: string, max = 255): string =>
  text.slice(0, max).replace(unprintable, '?').toWellFormed().trimEnd()
