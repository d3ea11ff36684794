import { useTranslation } from 'react-i18next'
import { Checkbox } from '../../../components/ui/checkbox.tsx'
import { Field } from '../../../components/ui/field.tsx'
import { Select } from '../../../components/ui/select.tsx'
import type { Path } from '../workload-source.ts'
import { problemAt, useDocumentForm } from './document-form.ts'
import { TextField } from './fields.tsx'
import { ListSection } from './list-section.tsx'

export function PortsSection() {
  const { t } = useTranslation()
  return (
    <ListSection
      title={t('workloads.form.ports')}
      help={t('workloads.form.portsHelp')}
      path={['spec', 'ports']}
      addLabel={t('workloads.form.addPort')}
      removeLabel={(name) => t('workloads.form.removePort', { name })}
      nameField="name"
      blank={(count) => ({
        name: count === 0 ? 'main' : `port-${count + 1}`,
        containerPort: 8080 + count,
        ...(count === 0 && { primary: true }),
      })}
      item={(path, port) => (
        <div className="grid grid-cols-2 gap-3">
          <TextField path={[...path, 'name']} label={t('workloads.form.portName')} mono isNeeded />
          <ProtocolField path={path} port={port} />
          <TextField path={[...path, 'containerPort']} label={t('workloads.form.containerPort')} isNumber isNeeded />
          <TextField
            path={[...path, 'hostPort']}
            label={t('workloads.form.hostPort')}
            placeholder={t('workloads.form.automatic')}
            isNumber
          />
          <PrimaryField path={path} isPrimary={port['primary'] === true} />
        </div>
      )}
    />
  )
}

/** Two fields of the document that are one question to a person. */
function ProtocolField({ path, port }: { path: Path; port: Record<string, unknown> }) {
  const { t } = useTranslation()
  const { set, problems, isReadOnly } = useDocumentForm()
  const value = port['protocol'] === 'UDP' ? 'UDP' : port['alsoUdp'] === true ? 'both' : 'TCP'
  const choose = (next: 'TCP' | 'UDP' | 'both') => {
    const { protocol: _, alsoUdp: __, ...rest } = port
    set(path, { ...rest, ...(next === 'UDP' && { protocol: 'UDP' }), ...(next === 'both' && { alsoUdp: true }) })
  }
  return (
    <Field
      label={t('workloads.form.protocol')}
      error={problemAt(problems, [...path, 'protocol']) ?? problemAt(problems, [...path, 'alsoUdp'])}
    >
      <Select
        value={value}
        disabled={isReadOnly}
        onValueChange={choose}
        options={(['TCP', 'UDP', 'both'] as const).map((option) => ({
          value: option,
          label: t(`workloads.form.protocols.${option}`),
        }))}
      />
    </Field>
  )
}

/** Only one port can be it; the contract says so where there are two. */
function PrimaryField({ path, isPrimary }: { path: Path; isPrimary: boolean }) {
  const { t } = useTranslation()
  const { set, isReadOnly } = useDocumentForm()
  return (
    <Checkbox
      className="col-span-2"
      label={t('workloads.form.primary')}
      checked={isPrimary}
      disabled={isReadOnly}
      onCheckedChange={(next) => set([...path, 'primary'], next ? true : undefined)}
    />
  )
}
