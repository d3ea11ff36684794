import { Plus, Trash2 } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../components/ui/button.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { Input } from '../../components/ui/input.tsx'
import type { NodeForm, NodeFormErrors } from './node-form.ts'

type Props = {
  labels: NodeForm['labels']
  faults: NodeFormErrors['labels']
  onChange: (labels: NodeForm['labels']) => void
}

const MOST = 32

/** Rows of label and value. */
export function LabelEditor({ labels, faults, onChange }: Props) {
  const { t } = useTranslation()
  const change = (index: number, part: Partial<NodeForm['labels'][number]>) =>
    onChange(labels.map((label, at) => (at === index ? { ...label, ...part } : label)))
  return (
    <div role="group" aria-labelledby="labels">
      <span id="labels" className="font-medium">
        {t('nodes.settings.labels')}
      </span>
      <p className="pb-2 text-sm text-muted">{t('nodes.settings.labelsHelp')}</p>
      <ul className="flex flex-col gap-2">
        {labels.map((label, index) => {
          const fault = faults[index]
          return (
            <li key={index}>
              <div className="flex items-center gap-2">
                <Input
                  mono
                  aria-label={t('nodes.settings.labelKey')}
                  aria-invalid={fault !== undefined}
                  placeholder={t('nodes.settings.labelKey')}
                  value={label.key}
                  maxLength={63}
                  spellCheck={false}
                  onValueChange={(key) => change(index, { key })}
                />
                <span aria-hidden className="text-muted">
                  =
                </span>
                <Input
                  mono
                  aria-label={t('nodes.settings.labelValue')}
                  placeholder={t('nodes.settings.labelValue')}
                  value={label.value}
                  maxLength={63}
                  spellCheck={false}
                  onValueChange={(value) => change(index, { value })}
                />
                <IconButton
                  icon={Trash2}
                  label={t('nodes.settings.removeLabel', { label: label.key })}
                  onClick={() => onChange(labels.filter((_, at) => at !== index))}
                />
              </div>
              {fault && (
                <p className="mt-1 text-sm text-error">
                  {t(fault === 'twice' ? 'nodes.settings.labelTwice' : 'nodes.settings.labelInvalid')}
                </p>
              )}
            </li>
          )
        })}
      </ul>
      <Button
        size="sm"
        className="mt-2"
        disabled={labels.length >= MOST}
        onClick={() => onChange([...labels, { key: '', value: '' }])}
      >
        <Plus aria-hidden size={14} />
        {t('nodes.settings.addLabel')}
      </Button>
    </div>
  )
}
