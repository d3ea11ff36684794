import { Autocomplete as Base } from '@base-ui/react/autocomplete'
import { cn } from '../../lib/cn.ts'
import { fieldStyle } from './field-style.ts'
import { popupStyle } from './popup-style.ts'

type Props = {
  value: string
  onValueChange: (value: string) => void
  suggestions: readonly string[]
  type?: 'text' | 'email'
  placeholder?: string
}

/** A line of text that offers what is known; anything else may be typed as well. */
export function Autocomplete({ value, onValueChange, suggestions, type = 'text', placeholder }: Props) {
  return (
    <Base.Root
      items={suggestions}
      value={value}
      onValueChange={(next) => onValueChange(next)}
      openOnInputClick={suggestions.length > 0}
    >
      <Base.Input
        type={type}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        placeholder={placeholder}
        className={fieldStyle({ size: 'md' })}
      />
      <Base.Portal>
        <Base.Positioner sideOffset={4} className="z-50 outline-hidden data-empty:hidden">
          <Base.Popup
            className={cn(popupStyle, 'max-h-[min(16rem,var(--available-height))] w-(--anchor-width) overflow-y-auto')}
          >
            <Base.List className="p-1 empty:p-0">
              {(suggestion: string) => (
                <Base.Item
                  key={suggestion}
                  value={suggestion}
                  className="flex min-h-8 cursor-default items-center rounded-sm px-2 py-1 outline-hidden select-none data-highlighted:bg-hover pointer-coarse:min-h-10"
                >
                  <span className="truncate">{suggestion}</span>
                </Base.Item>
              )}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
