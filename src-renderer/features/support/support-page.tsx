import { useMutation } from '@tanstack/react-query'
import { MailCheck } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type DiagnosticsPart, sendSupportMessage } from '#contract/support'
import { Button } from '../../components/ui/button.tsx'
import { Card, CardBody, CardHead } from '../../components/ui/card.tsx'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { Field } from '../../components/ui/field.tsx'
import { Input } from '../../components/ui/input.tsx'
import { Switch } from '../../components/ui/switch.tsx'
import { Textarea } from '../../components/ui/textarea.tsx'
import { ApiError, call } from '../../lib/api.ts'
import { useMe } from '../../lib/me.ts'
import { problemText } from '../../lib/problem-text.ts'
import { Diagnostics } from './diagnostics.tsx'

type Part = DiagnosticsPart['name']

/** A message to whoever runs this server, with as much of its state as one wants to send along. */
export function SupportPage() {
  const { t } = useTranslation()
  const me = useMe()
  const [subject, setSubject] = useState('')
  const [message, setMessage] = useState('')
  const [isAttached, setAttached] = useState(false)
  /** Undefined until the parts are known: then all of them. */
  const [parts, setParts] = useState<ReadonlySet<Part>>()
  const [isChecked, setChecked] = useState(false)
  const send = useMutation({
    mutationFn: () =>
      call(sendSupportMessage, {
        body: {
          subject: subject.trim(),
          message: message.trim(),
          ...(isAttached && parts && parts.size > 0 && { diagnostics: [...parts] }),
        },
      }),
  })
  const isTooMuch = send.error instanceof ApiError && send.error.status === 429

  return (
    <Card aria-labelledby="support">
      <CardHead id="support" title={t('support.title')} />
      {send.data ? (
        <div role="status">
          <EmptyState
            icon={MailCheck}
            title={t('support.sentTitle')}
            action={
              <Button
                onClick={() => {
                  send.reset()
                  setSubject('')
                  setMessage('')
                  setChecked(false)
                }}
              >
                {t('support.another')}
              </Button>
            }
          >
            {t(send.data.mailed ? 'support.sentMailed' : 'support.sentStored', { email: me?.email ?? '' })}
          </EmptyState>
        </div>
      ) : (
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault()
            setChecked(true)
            if (subject.trim() && message.trim() && !send.isPending) send.mutate()
          }}
        >
          <CardBody className="flex flex-col gap-4">
            <p className="text-muted">{t('support.lead')}</p>
            <Field
              label={t('support.subject')}
              error={isChecked && !subject.trim() ? t('support.subjectMissing') : undefined}
            >
              <Input maxLength={120} value={subject} onValueChange={setSubject} />
            </Field>
            <Field
              label={t('support.message')}
              help={t('support.messageHelp')}
              error={isChecked && !message.trim() ? t('support.messageMissing') : undefined}
            >
              <Textarea rows={8} maxLength={10_000} value={message} onValueChange={setMessage} />
            </Field>
            <Switch
              checked={isAttached}
              onCheckedChange={setAttached}
              label={t('support.attach')}
              help={t('support.attachHelp')}
            />
            {isAttached && <Diagnostics chosen={parts} onChange={setParts} />}
            {send.error && (
              <p role="alert" className="text-error">
                {isTooMuch ? t('support.tooMany') : problemText(send.error)}
              </p>
            )}
          </CardBody>
          <footer className="flex justify-end border-t border-border px-4 py-3">
            <Button type="submit" variant="primary" pending={send.isPending}>
              {t('support.send')}
            </Button>
          </footer>
        </form>
      )}
    </Card>
  )
}
