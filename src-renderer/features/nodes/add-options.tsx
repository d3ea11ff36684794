import { useTranslation } from 'react-i18next'
import { Card, CardBody, CardHead } from '../../components/ui/card.tsx'
import { Checkbox } from '../../components/ui/checkbox.tsx'
import { Field } from '../../components/ui/field.tsx'
import { Input } from '../../components/ui/input.tsx'
import { Textarea } from '../../components/ui/textarea.tsx'
import { type AddForm, arePathsUsable } from './add-form.ts'
import { LabelEditor } from './label-editor.tsx'
import type { NodeFormErrors } from './node-form.ts'

type Props = {
  form: AddForm
  set: (change: Partial<AddForm>) => void
  labelFaults: NodeFormErrors['labels']
  hasRelease: boolean
}

/** What the machine is called and what it lets the dashboard do, each with what that means. */
export function AddOptions({ form, set, labelFaults, hasRelease }: Props) {
  const { t } = useTranslation()
  const switches = [
    ['terminal', 'terminal', 'terminalHelp'],
    ['files', 'files', 'filesHelp'],
    ['ssh', 'ssh', 'sshHelp'],
    ['preferIpv4', 'ipv4', 'ipv4Help'],
  ] as const
  return (
    <Card aria-labelledby="options">
      <CardHead id="options" title={t('joining.options.title')} />
      <CardBody className="flex flex-col gap-5">
        <Field label={t('joining.options.name')} help={t('joining.options.nameHelp')} note={t('common.optional')}>
          <Input value={form.name} maxLength={63} onValueChange={(name) => set({ name })} />
        </Field>
        <LabelEditor labels={form.labels} faults={labelFaults} onChange={(labels) => set({ labels })} />
        {switches.map(([key, label, help]) => (
          <div key={key} className="flex flex-col gap-3">
            <Checkbox
              checked={form[key]}
              onCheckedChange={(checked) => set({ [key]: checked })}
              label={t(`joining.options.${label}`)}
              help={t(`joining.options.${help}`)}
            />
            {key === 'files' && form.files && (
              <Field
                className="pl-6"
                label={t('joining.options.paths')}
                help={t('joining.options.pathsHelp')}
                error={!arePathsUsable(form) && t('joining.options.pathsInvalid')}
              >
                <Textarea
                  mono
                  rows={3}
                  spellCheck={false}
                  value={form.paths}
                  onValueChange={(paths) => set({ paths })}
                />
              </Field>
            )}
          </div>
        ))}
        <p className="text-sm text-muted">{t('joining.options.fixed')}</p>
        <p className="text-sm text-muted">{t('joining.options.others')}</p>
        {!hasRelease && (
          <p role="status" className="text-sm text-error">
            {t('joining.options.noRelease')}
          </p>
        )}
      </CardBody>
    </Card>
  )
}
