import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type DiagnosticsPart, getDiagnostics } from '#contract/support'
import { Button } from '../../components/ui/button.tsx'
import { Checkbox } from '../../components/ui/checkbox.tsx'
import { ErrorState } from '../../components/ui/error-state.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { Textarea } from '../../components/ui/textarea.tsx'
import { formatBytes } from '../../lib/format.ts'
import { queryFor } from '../../lib/query.ts'

type Part = DiagnosticsPart['name']
type Props = { chosen: ReadonlySet<Part> | undefined; onChange: (chosen: ReadonlySet<Part>) => void }

/** What would be sent, to the letter, each part with a tick that can be taken away. */
export function Diagnostics({ chosen, onChange }: Props) {
  const { t } = useTranslation()
  const diagnostics = useQuery({ ...queryFor(getDiagnostics, {}), refetchOnWindowFocus: false })
  const parts = diagnostics.data?.parts
  useEffect(() => {
    if (parts && !chosen) onChange(new Set(parts.map(({ name }) => name)))
  }, [parts, chosen, onChange])
  if (diagnostics.isError) {
    return (
      <ErrorState
        error={diagnostics.error}
        title={t('support.failed')}
        onRetry={() => void diagnostics.refetch()}
        className="py-6"
      />
    )
  }
  if (!parts) return <SkeletonRows rows={5} className="rounded-md border border-border" />
  return (
    <ul className="rounded-md border border-border">
      {parts.map((part) => (
        <PartRow
          key={part.name}
          part={part}
          isChosen={chosen?.has(part.name) ?? true}
          onChoose={(isOn) => {
            const next = new Set(chosen)
            if (isOn) next.add(part.name)
            else next.delete(part.name)
            onChange(next)
          }}
        />
      ))}
    </ul>
  )
}

type RowProps = { part: DiagnosticsPart; isChosen: boolean; onChoose: (isOn: boolean) => void }

function PartRow({ part, isChosen, onChoose }: RowProps) {
  const { t } = useTranslation()
  const [isOpen, setOpen] = useState(false)
  const name = t(`support.part.${part.name}`)
  return (
    <li className="border-b border-border last:border-0">
      <div className="flex min-h-10 items-center gap-3 px-3 py-1">
        <Checkbox
          checked={isChosen}
          onCheckedChange={onChoose}
          label={
            <>
              <span className="sr-only">{t('support.include', { part: name })}</span>
              <span aria-hidden>{name}</span>
            </>
          }
        />
        <span className="ml-auto text-sm tabular text-muted">{formatBytes(new Blob([part.text]).size)}</span>
        <Button size="sm" variant="ghost" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {t(isOpen ? 'support.hide' : 'support.look')}
        </Button>
      </div>
      {isOpen && (
        // A field, so that it is scrolled and copied with the keyboard too.
        <Textarea
          mono
          readOnly
          rows={Math.min(12, part.text.split('\n').length + 1)}
          aria-label={name}
          value={part.text}
          spellCheck={false}
          className="rounded-none border-x-0 border-b-0 bg-sunken text-xs -outline-offset-2"
        />
      )}
    </li>
  )
}
