/** `{{NAME}}`, with or without spaces inside. Other braces, such as a Go template's `{{ .Name }}`, are text. */
const placeholder = /\{\{[ \t]*([A-Za-z_][A-Za-z0-9_.-]*)[ \t]*\}\}/g

/** The names that a text asks for, each once. */
export const placeholdersIn = (text: string): string[] => [
  ...new Set(Array.from(text.matchAll(placeholder), ([, name]) => name ?? '')),
]

/** Puts values in, in one pass: what comes out of a value is never looked at again. */
export const fillIn = (text: string, valueOf: (name: string) => string | undefined): string =>
  text.replace(placeholder, (whole, name: string) => valueOf(name) ?? whole)
