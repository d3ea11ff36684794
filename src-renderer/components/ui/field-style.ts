import { cva } from 'class-variance-authority'

/** The box of everything that one types or picks in. Coarse pointers get 16 px text, or phones zoom into the page. */
export const fieldStyle = cva(
  'w-full min-w-0 rounded-md border border-field bg-surface text-base text-text transition-colors hover:border-muted focus:border-accent focus:outline-2 focus:-outline-offset-1 focus:outline-accent disabled:cursor-not-allowed disabled:opacity-60 aria-invalid:border-error data-invalid:border-error pointer-coarse:text-md',
  {
    variants: {
      size: {
        sm: 'h-7 px-2 pointer-coarse:h-9',
        md: 'h-8 px-2.5 pointer-coarse:h-10',
        lg: 'h-10 px-3 pointer-coarse:h-11',
        text: 'px-2.5 py-1.5',
      },
      mono: { true: 'font-mono', false: '' },
    },
    defaultVariants: { size: 'md', mono: false },
  },
)
