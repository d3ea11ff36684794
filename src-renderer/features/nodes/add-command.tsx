import { useTranslation } from 'react-i18next'
import { installCommand, type InstallChoice } from '#contract/install'
import { Card, CardBody, CardHead } from '../../components/ui/card.tsx'
import { CommandBox } from './command-box.tsx'

const steps = ['fetches', 'installs', 'token'] as const

/** The command to paste, what it does, and how it is undone. */
export function AddCommand({ choice }: { choice: InstallChoice }) {
  const { t } = useTranslation()
  const { linux } = installCommand(choice)
  return (
    <Card aria-labelledby="command">
      <CardHead id="command" title={t('joining.command.title')} />
      <CardBody className="flex flex-col gap-4">
        <p className="text-muted">{t('joining.command.lead')}</p>
        <CommandBox text={linux} copy={t('joining.command.copy')} />
        <div>
          <h3 className="font-medium">{t('joining.command.does')}</h3>
          <ol className="mt-1 list-decimal pl-5 text-muted">
            {steps.map((step) => (
              <li key={step}>{t(`joining.command.${step}`)}</li>
            ))}
          </ol>
        </div>
        <RemoveCommand choice={choice} />
      </CardBody>
    </Card>
  )
}

export function RemoveCommand({ choice }: { choice: InstallChoice }) {
  const { t } = useTranslation()
  return (
    <details>
      <summary className="text-muted">{t('joining.command.remove')}</summary>
      <div className="pt-2">
        <CommandBox text={installCommand(choice).uninstall} copy={t('joining.command.copyRemove')} />
      </div>
    </details>
  )
}
