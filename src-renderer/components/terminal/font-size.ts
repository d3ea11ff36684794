import { stored } from '../../lib/stored.ts'

export const fontSizes = [11, 12.5, 14, 16, 18] as const
const isFontSize = (value: unknown): value is number => fontSizes.some((size) => size === value)
/** Of consoles and terminals alike. */
export const outputFontSize = stored<number>('shardlyn.console.font', 12.5, isFontSize)
