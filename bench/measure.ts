export type Figure = {
  name: string
  /** Median of ours, in `unit`. */
  ours: number
  /** Median of the yardstick, in `unit`. */
  yardstick: number
  unit: string
  /** What the yardstick is. */
  against: string
  /** Median of the ratios of each pair, and the least and the greatest of them. */
  ratio: number
  least: number
  greatest: number
  /** The goal for the ratio, or for our own figure. */
  goal?: { text: string; met: boolean }
}

export const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

/** Measures the two in turn, A B A B …, so that a machine that changes its speed changes both; the ratio is taken pair by pair. */
export async function pairs(
  what: { name: string; unit: string; against: string },
  rounds: number,
  ours: () => Promise<number>,
  yardstick: () => Promise<number>,
): Promise<Omit<Figure, 'goal'>> {
  const a: number[] = []
  const b: number[] = []
  for (let round = 0; round < rounds; round++) {
    b.push(await yardstick())
    a.push(await ours())
  }
  const ratios = a.map((value, i) => value / (b[i] ?? Number.NaN))
  return {
    ...what,
    ours: median(a),
    yardstick: median(b),
    ratio: median(ratios),
    least: Math.min(...ratios),
    greatest: Math.max(...ratios),
  }
}

const short = (value: number) =>
  Math.abs(value) >= 100 ? value.toFixed(0) : Math.abs(value) >= 1 ? value.toFixed(2) : value.toFixed(3)

export function line(figure: Figure): string {
  const { name, ours, yardstick, unit, against, ratio, least, greatest, goal } = figure
  const verdict = goal ? `  goal ${goal.text}: ${goal.met ? 'met' : 'MISSED'}` : ''
  return `${name.padEnd(34)} ${short(ours).padStart(9)} ${unit} against ${short(yardstick)} (${against})  ratio ${short(ratio)} [${short(least)}..${short(greatest)}]${verdict}`
}

export const atLeast = (ratio: number, goal: number) => ({ text: `>= ${goal}`, met: ratio >= goal })
export const atMost = (value: number, goal: number, unit: string) => ({
  text: `<= ${goal} ${unit}`,
  met: value <= goal,
})
