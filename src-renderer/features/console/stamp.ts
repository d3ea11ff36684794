const two = (value: number) => String(value).padStart(2, '0')

/** The time before a line of output: `14:03:59`, with its day where that is not today. Blank where it is not known. */
export function clockOf(at: number | undefined, now: number = Date.now()): string {
  if (at === undefined || Number.isNaN(at)) return ' '.repeat(8)
  const then = new Date(at)
  const clock = `${two(then.getHours())}:${two(then.getMinutes())}:${two(then.getSeconds())}`
  const isToday = then.toDateString() === new Date(now).toDateString()
  return isToday ? clock : `${two(then.getMonth() + 1)}-${two(then.getDate())} ${clock}`
}

/** The same for a terminal: in grey, leaving the line's own colours as they were. */
export const stampOf = (at: number | undefined): string => `\x1b[90m${clockOf(at)}\x1b[39m `
