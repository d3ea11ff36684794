import { useTranslation } from 'react-i18next'
import type { createApiToken } from '#contract/api-tokens'
import { listInstances } from '#contract/instances'
import type { Output } from '#contract/operation'
import { Button } from '../../components/ui/button.tsx'
import { CopyButton } from '../../components/ui/copy-button.tsx'
import { Dialog } from '../../components/ui/dialog.tsx'

type Props = { made: Output<typeof createApiToken>; onDone: () => void }

/** The value of a new token, which nobody sees again, and how it is used. */
export function TokenMade({ made, onDone }: Props) {
  const { t } = useTranslation()
  const example = `curl -H "Authorization: Bearer ${made.token}" \\\n  ${location.origin}${listInstances.url}`
  return (
    <Dialog
      open
      canClose={false}
      title={t('tokens.made.title')}
      description={t('tokens.made.lead')}
      footer={
        <Button variant="primary" onClick={onDone}>
          {t('tokens.made.done')}
        </Button>
      }
    >
      <div className="flex flex-col gap-4">
        <Copyable label={t('tokens.made.value', { name: made.name })} text={made.token} copy={t('tokens.made.copy')} />
        <Copyable label={t('tokens.made.example')} text={example} copy={t('tokens.made.copyExample')} />
      </div>
    </Dialog>
  )
}

function Copyable({ label, text, copy }: { label: string; text: string; copy: string }) {
  return (
    <div>
      <p className="mb-1 font-medium">{label}</p>
      <div className="flex items-start gap-2 rounded-md border border-border bg-sunken py-1.5 pr-1.5 pl-3">
        <code className="min-w-0 flex-1 py-1 font-mono text-sm break-all whitespace-pre-wrap select-all">{text}</code>
        <CopyButton text={text} label={copy} />
      </div>
    </div>
  )
}
