const KIB = 1024
const units: Readonly<Record<string, number>> = { '': 1, K: 1e3, M: 1e6, G: 1e9, Ki: KIB, Mi: KIB ** 2, Gi: KIB ** 3 }

/** Cores: `2`, `0.5` or `500m`. Null where the text is not an amount. */
export function parseCpu(text: string): number | null {
  if (/^\d+m$/.test(text)) return Number(text.slice(0, -1)) / 1000
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : null
}

/** Bytes: `512Mi`, `4Gi`, `1.5G`, `1048576`. Null where the text is not an amount. */
export function parseMemory(text: string): number | null {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)(Ki|Mi|Gi|K|M|G)?$/.exec(text) ?? []
  const factor = units[unit]
  const bytes = amount === undefined || factor === undefined ? Number.NaN : Math.round(Number(amount) * factor)
  return Number.isSafeInteger(bytes) ? bytes : null
}

/** The shortest text that `parseMemory` reads back as the same number of bytes. */
export function formatMemory(bytes: number): string {
  for (const unit of ['Gi', 'Mi', 'Ki'] as const) {
    const factor = units[unit] ?? 1
    if (bytes >= factor && bytes % factor === 0) return `${bytes / factor}${unit}`
  }
  return String(bytes)
}
