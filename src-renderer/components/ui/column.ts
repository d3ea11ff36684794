import type { ReactNode } from 'react'

export type Column<T> = {
  id: string
  header: string
  cell: (row: T) => ReactNode
  /** What it is sorted by; without it, it is not sortable. Null comes last. */
  sortBy?: (row: T) => string | number | null
  align?: 'left' | 'right'
  /** A width class, such as `w-32`. Columns without one share what is left. */
  width?: string
  /** The narrowest page that has room for it. */
  from?: 'sm' | 'md' | 'lg' | 'xl'
  /** Whether one may choose not to see it; the first column always stays. */
  canHide?: boolean
  isHiddenAtFirst?: boolean
}

export type TableSelection<T> = {
  selected: ReadonlySet<string>
  onChange: (selected: ReadonlySet<string>) => void
  nameOf: (row: T) => string
}

/** Which columns a page of each width shows; the same class sits on heads and cells. */
export const fromStyle = { sm: 'max-sm:hidden', md: 'max-md:hidden', lg: 'max-lg:hidden', xl: 'max-xl:hidden' }
