import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Checkbox } from '../../../components/ui/checkbox.tsx'
import { Field } from '../../../components/ui/field.tsx'
import { Input } from '../../../components/ui/input.tsx'
import { Select, type SelectOption } from '../../../components/ui/select.tsx'
import { Textarea } from '../../../components/ui/textarea.tsx'
import type { Path } from '../workload-source.ts'
import { isList, problemAt, useDocumentForm, valueAt } from './document-form.ts'

type Common = { path: Path; label: string; help?: ReactNode; className?: string }

function useField(path: Path) {
  const { value, set, problems, isReadOnly } = useDocumentForm()
  return {
    value: valueAt(value, path),
    set: (next: unknown) => set(path, next),
    error: problemAt(problems, path),
    isReadOnly,
  }
}

type TextProps = Common & {
  mono?: boolean
  placeholder?: string
  /** Whole numbers are written as numbers. */ isNumber?: boolean
  /** Stays in the document when it is empty. */ isNeeded?: boolean
}

export function TextField({
  path,
  label,
  help,
  className,
  mono = false,
  placeholder,
  isNumber = false,
  isNeeded = false,
}: TextProps) {
  const { value, set, error, isReadOnly } = useField(path)
  const change = (text: string) => {
    if (text === '' && !isNeeded) set(undefined)
    else set(isNumber && /^\d{1,15}$/.test(text.trim()) ? Number(text) : text)
  }
  return (
    <Field label={label} help={help} error={error} {...(className && { className })}>
      <Input
        value={typeof value === 'string' || typeof value === 'number' ? String(value) : ''}
        onValueChange={change}
        readOnly={isReadOnly}
        mono={mono}
        spellCheck={false}
        {...(isNumber && { inputMode: 'numeric' as const })}
        {...(placeholder !== undefined && { placeholder })}
      />
    </Field>
  )
}

/** A text of several lines, kept as it is. */
export function AreaField({
  path,
  label,
  help,
  className,
  mono = false,
  rows = 4,
}: Common & { mono?: boolean; rows?: number }) {
  const { value, set, error, isReadOnly } = useField(path)
  return (
    <Field label={label} help={help} error={error} {...(className && { className })}>
      <Textarea
        value={typeof value === 'string' ? value : ''}
        onValueChange={(text) => set(text === '' ? undefined : text)}
        readOnly={isReadOnly}
        mono={mono}
        rows={rows}
        spellCheck={!mono}
      />
    </Field>
  )
}

const linesIn = (text: string) => text.split('\n').filter((line) => line !== '')

/** A list of texts, one a line. What is being typed keeps its empty last line. */
export function LinesField({ path, label, help, className, rows = 3 }: Common & { rows?: number }) {
  const { t } = useTranslation()
  const { value, set, error, isReadOnly } = useField(path)
  const lines = isList(value) ? value.map(String) : []
  const [text, setText] = useState(lines.join('\n'))
  const shown = linesIn(text).join('\n') === lines.join('\n') ? text : lines.join('\n')
  // A word that has lines of its own would be taken apart here.
  const isBeyond = lines.some((line) => line.includes('\n') || line === '')
  return (
    <Field
      label={label}
      help={isBeyond ? t('workloads.form.onlyInText') : help}
      error={error}
      {...(className && { className })}
    >
      <Textarea
        mono
        rows={Math.max(rows, Math.min(10, shown.split('\n').length))}
        value={shown}
        readOnly={isReadOnly || isBeyond}
        spellCheck={false}
        onValueChange={(next) => {
          setText(next)
          const words = linesIn(next)
          set(words.length > 0 ? words : undefined)
        }}
      />
    </Field>
  )
}

type ChoiceProps<T extends string> = Common & {
  options: readonly SelectOption<T>[]
  /** What it is when the document says nothing; choosing it takes the field away. */ usual: T
}

export function ChoiceField<T extends string>({ path, label, help, className, options, usual }: ChoiceProps<T>) {
  const { value, set, error, isReadOnly } = useField(path)
  const known = options.find((option) => option.value === value)?.value
  return (
    <Field label={label} help={help} error={error} {...(className && { className })}>
      <Select
        value={value === undefined ? usual : (known ?? null)}
        options={options}
        onValueChange={(next) => set(next === usual ? undefined : next)}
        disabled={isReadOnly}
      />
    </Field>
  )
}

export function CheckField({ path, label, usual = false }: { path: Path; label: string; usual?: boolean }) {
  const { value, set, isReadOnly } = useField(path)
  return (
    <Checkbox
      label={label}
      checked={typeof value === 'boolean' ? value : usual}
      disabled={isReadOnly}
      onCheckedChange={(next) => set(next === usual ? undefined : next)}
    />
  )
}
