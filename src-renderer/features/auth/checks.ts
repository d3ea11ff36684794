/** What a form can tell before it asks the server. */
export const SHORTEST_PASSWORD = 8
export const looksLikeEmail = (text: string): boolean => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text.trim())
