/** What one may choose; `never` is there, and not first. */
export const expiries = ['7', '30', '90', '365', 'never'] as const
export type Expiry = (typeof expiries)[number]

/** Seconds, as the API takes them; null does not expire. */
export const secondsOf = (expiry: Expiry): number | null => (expiry === 'never' ? null : Number(expiry) * 86_400)
