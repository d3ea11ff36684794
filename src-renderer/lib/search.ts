/** Readers of search parameters: whatever a person types into the address bar becomes something valid or nothing. */
type Search = Record<string, unknown>

export const textParam = (search: Search, key: string): string | undefined => {
  const value = search[key]
  return typeof value === 'string' && value.length > 0
    ? value.slice(0, 200)
    : typeof value === 'number'
      ? String(value)
      : undefined
}

export const choiceParam = <const T extends readonly string[]>(
  search: Search,
  key: string,
  options: T,
): T[number] | undefined => {
  const value = search[key]
  return typeof value === 'string' && options.includes(value) ? value : undefined
}

/** Drops what is absent, so that addresses stay short. */
export const present = <T extends object>(search: T): { [K in keyof T]?: NonNullable<T[K]> } =>
  Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined && value !== '')) as never
