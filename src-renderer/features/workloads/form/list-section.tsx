import { Plus, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from '../../../components/ui/button.tsx'
import { Card, CardBody, CardHead } from '../../../components/ui/card.tsx'
import { IconButton } from '../../../components/ui/icon-button.tsx'
import type { Path } from '../workload-source.ts'
import { isList, isRecord, problemAt, useDocumentForm, useValue } from './document-form.ts'

export function FormSection({ title, help, children }: { title: string; help?: ReactNode; children: ReactNode }) {
  return (
    <Card>
      <CardHead title={title} />
      <CardBody className="flex flex-col gap-4">
        {help && <p className="text-sm text-pretty text-muted">{help}</p>}
        {children}
      </CardBody>
    </Card>
  )
}

type Props = {
  title: string
  help: ReactNode
  path: Path
  addLabel: string
  removeLabel: (name: string) => string
  /** What identifies an item: the name of its field. */
  nameField: string
  /** A new item. */
  blank: (count: number) => Record<string, unknown>
  item: (path: Path, value: Record<string, unknown>) => ReactNode
}

/** A list of groups of fields: ports, variables, volumes, files. */
export function ListSection({ title, help, path, addLabel, removeLabel, nameField, blank, item }: Props) {
  const { set, isReadOnly, problems } = useDocumentForm()
  const items = useValue(path, isList) ?? []
  const own = problems.size > 0 && items.length === 0 ? problemAt(problems, path) : undefined
  return (
    <FormSection title={title} help={help}>
      {items.length > 0 && (
        <ul className="flex flex-col gap-3">
          {items.map((value, at) => {
            const group = isRecord(value) ? value : {}
            const name = String(group[nameField] ?? at + 1)
            return (
              <li key={at} className="relative rounded-md border border-border p-3 pr-11">
                {item([...path, at], group)}
                {!isReadOnly && (
                  <IconButton
                    icon={X}
                    size="sm"
                    label={removeLabel(name)}
                    className="absolute top-1.5 right-1.5"
                    onClick={() => set([...path, at], undefined)}
                  />
                )}
              </li>
            )
          })}
        </ul>
      )}
      {own && <p className="text-sm text-error">{own}</p>}
      {!isReadOnly && (
        <Button size="sm" className="self-start" onClick={() => set([...path, items.length], blank(items.length))}>
          <Plus aria-hidden size={14} />
          {addLabel}
        </Button>
      )}
    </FormSection>
  )
}
