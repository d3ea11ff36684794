import { Box } from 'lucide-react'
import { useState } from 'react'
import { cn } from '../../lib/cn.ts'

const sizes = { sm: 'size-6 rounded-sm', md: 'size-9 rounded-md', lg: 'size-12 rounded-lg' }

/** The picture of a template, workload or server. Decoration: its name is always beside it. */
export function TemplateIcon({
  icon,
  size = 'md',
  className,
}: {
  icon: string
  size?: keyof typeof sizes
  className?: string
}) {
  const [missing, setMissing] = useState<string>()
  const style = cn('shrink-0', sizes[size], className)
  if (missing === icon || icon === '') {
    return (
      <span aria-hidden className={cn('grid place-items-center bg-accent-soft text-accent', style)}>
        <Box size={size === 'sm' ? 14 : 20} />
      </span>
    )
  }
  return (
    <img
      src={`/template-icons/${encodeURIComponent(icon)}.svg`}
      alt=""
      draggable={false}
      onError={() => setMissing(icon)}
      className={style}
    />
  )
}
