/** Waits until something is so that arrives from outside; says what was waited for when it does not. */
export async function until(condition: () => boolean | Promise<boolean>, timeoutMs = 10_000): Promise<void> {
  const deadline = Date.now() + timeoutMs
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`Waited ${timeoutMs} ms for: ${condition.toString()}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
