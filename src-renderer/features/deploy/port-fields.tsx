import { useTranslation } from 'react-i18next'
import type { WorkloadDocument } from '#contract/workload'
import { Field } from '../../components/ui/field.tsx'
import { Input } from '../../components/ui/input.tsx'
import type { ServerFormProblems } from './deploy-form.ts'

type Props = {
  document: WorkloadDocument
  values: Readonly<Record<string, string>>
  problems: ServerFormProblems['ports']
  onChange: (name: string, value: string) => void
  /** What an empty field means. */
  help: string
  /** What is assigned now, by name. */
  assigned?: Readonly<Record<string, number>>
  isReadOnly?: boolean
}

export function PortFields({ document, values, problems, onChange, help, assigned = {}, isReadOnly = false }: Props) {
  const { t } = useTranslation()
  return (
    <div className="flex flex-col gap-2">
      <div className="grid gap-x-4 gap-y-3 sm:grid-cols-2">
        {(document.spec.ports ?? []).map(({ name, protocol = 'TCP', alsoUdp, primary }) => {
          const problem = problems[name]
          const now = assigned[name]
          return (
            <Field
              key={name}
              label={t('deploy.portLabel', { name, protocol: alsoUdp ? 'TCP + UDP' : protocol })}
              error={problem && t(`deploy.portProblems.${problem}`)}
              help={primary ? t('deploy.portPrimary') : undefined}
            >
              <Input
                mono
                inputMode="numeric"
                placeholder={now === undefined ? t('deploy.portAutomatic') : String(now)}
                value={values[name] ?? ''}
                readOnly={isReadOnly}
                onValueChange={(value) => onChange(name, value)}
              />
            </Field>
          )
        })}
      </div>
      <p className="text-sm text-muted">{help}</p>
    </div>
  )
}
