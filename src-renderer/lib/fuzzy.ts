/** How well `query` is found in `text` as letters in order; 0 is not at all. Starts of words and runs of letters count more. */
export function fuzzyScore(query: string, text: string): number {
  const wanted = fold(query)
  const within = fold(text)
  if (wanted === '') return 1
  const direct = within.indexOf(wanted)
  if (direct >= 0) {
    return (
      1000 -
      Math.min(direct, 400) +
      (isStart(within, direct) ? 300 : 0) +
      Math.round((100 * wanted.length) / within.length)
    )
  }
  let score = 0
  let from = 0
  let run = 0
  for (const letter of wanted) {
    if (letter === ' ') continue
    const at = within.indexOf(letter, from)
    if (at < 0) return 0
    run = at === from ? run + 1 : 0
    score += 1 + run * 2 + (isStart(within, at) ? 6 : 0)
    from = at + 1
  }
  return score
}

/** Without case and accents: "maquina" finds "Máquina". */
const fold = (text: string) =>
  text
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase()
    .trim()
const isStart = (text: string, at: number) => at === 0 || /[\s\-_./:]/.test(text[at - 1] ?? '')
