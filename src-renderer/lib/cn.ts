import { type ClassValue, clsx } from 'clsx'
import { extendTailwindMerge } from 'tailwind-merge'

// Our own type scale, or tailwind-merge would take `text-title` for a colour and drop one of two.
const merge = extendTailwindMerge({
  extend: { theme: { text: ['2xs', 'xs', 'sm', 'base', 'md', 'lg', 'title', 'display'] } },
})

/** Joins class names; of two that say the same thing the later one wins. */
export const cn = (...classes: ClassValue[]): string => merge(clsx(classes))
