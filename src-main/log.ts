/** The shell's own words. The server logs by itself; both end where the app was started from. */
export const log = (text: string): void => console.error(`shardlyn: ${text}`)
