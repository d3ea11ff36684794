/** A document on its way into the editor: a copy, or a file with mistakes to mend. Taken once. */
let draft: string | undefined

export function leaveDraft(source: string): void {
  draft = source
}

export function takeDraft(): string | undefined {
  const taken = draft
  draft = undefined
  return taken
}
