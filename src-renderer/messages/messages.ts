type Tree = { readonly [key: string]: string | Tree }
/** The same keys with any text. */
type Same<T> = { readonly [K in keyof T]: T[K] extends string ? string : Same<T[K]> }

/** One feature's words in both languages. Portuguese must have exactly the keys of English, or it does not compile. */
export const messages = <const T extends Tree>(words: { readonly en: T; readonly 'pt-BR': Same<NoInfer<T>> }) => words
