import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../components/ui/button.tsx'
import { Card, CardBody, CardHead } from '../../components/ui/card.tsx'
import { problemText } from '../../lib/problem-text.ts'
import type { SettingsForm } from './use-settings-form.ts'

type Props = {
  id: string
  title: ReactNode
  form: Pick<SettingsForm<object>, 'isChanged' | 'isPending' | 'error' | 'submit' | 'discard'>
  isValid?: boolean
  children: ReactNode
  /** At the left of the foot. */
  extra?: ReactNode
}

/** Settings that are saved together. */
export function SettingsCard({ id, title, form, isValid = true, children, extra }: Props) {
  const { t } = useTranslation()
  return (
    <Card aria-labelledby={id}>
      <CardHead id={id} title={title} />
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          if (isValid) form.submit()
        }}
      >
        <CardBody className="flex flex-col gap-5">
          {children}
          {form.error !== null && (
            <p role="alert" className="text-error">
              {problemText(form.error)}
            </p>
          )}
        </CardBody>
        <footer className="flex flex-wrap items-center justify-end gap-2 border-t border-border px-4 py-3">
          {extra && <div className="mr-auto">{extra}</div>}
          <Button disabled={!form.isChanged || form.isPending} onClick={form.discard}>
            {t('common.discard')}
          </Button>
          <Button type="submit" variant="primary" disabled={!form.isChanged || !isValid} pending={form.isPending}>
            {t('common.save')}
          </Button>
        </footer>
      </form>
    </Card>
  )
}
