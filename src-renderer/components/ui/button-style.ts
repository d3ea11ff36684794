import { cva, type VariantProps } from 'class-variance-authority'

/** How anything that looks like a button looks: Button, IconButton, ButtonLink. */
export const buttonStyle = cva(
  'inline-flex shrink-0 select-none items-center justify-center gap-1.5 rounded-md border font-medium whitespace-nowrap transition-colors aria-disabled:cursor-not-allowed aria-disabled:opacity-50 disabled:cursor-not-allowed disabled:opacity-50 [&_svg]:shrink-0',
  {
    variants: {
      variant: {
        primary: 'border-transparent bg-primary text-on-primary not-disabled:hover:bg-primary-hover',
        secondary:
          'border-border bg-raised text-text shadow-raised not-disabled:hover:bg-hover data-popup-open:bg-hover not-disabled:active:bg-active',
        ghost:
          'border-transparent text-muted not-disabled:hover:bg-hover not-disabled:hover:text-text data-popup-open:bg-hover data-popup-open:text-text not-disabled:active:bg-active',
        danger: 'border-transparent bg-danger text-on-primary not-disabled:hover:bg-danger-hover',
        'danger-ghost': 'border-transparent text-error not-disabled:hover:bg-error-soft',
      },
      size: {
        sm: 'h-7 px-2 text-sm pointer-coarse:h-9',
        md: 'h-8 px-3 text-base pointer-coarse:h-10',
        lg: 'h-10 px-4 text-base pointer-coarse:h-11',
      },
      shape: { text: '', icon: 'px-0' },
    },
    compoundVariants: [
      { shape: 'icon', size: 'sm', class: 'w-7 pointer-coarse:w-9' },
      { shape: 'icon', size: 'md', class: 'w-8 pointer-coarse:w-10' },
      { shape: 'icon', size: 'lg', class: 'w-10 pointer-coarse:w-11' },
    ],
    defaultVariants: { variant: 'secondary', size: 'md', shape: 'text' },
  },
)
export type ButtonStyle = VariantProps<typeof buttonStyle>
