import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { listNodes } from '#contract/nodes'
import { getSettings } from '#contract/settings'
import { createCertificate, listCertificates } from '#contract/ssh'
import { Button } from '../../components/ui/button.tsx'
import { Checkbox } from '../../components/ui/checkbox.tsx'
import { Dialog } from '../../components/ui/dialog.tsx'
import { Field } from '../../components/ui/field.tsx'
import { Input } from '../../components/ui/input.tsx'
import { Select } from '../../components/ui/select.tsx'
import { Textarea } from '../../components/ui/textarea.tsx'
import { useCan } from '../../lib/me.ts'
import { problemText } from '../../lib/problem-text.ts'
import { mutationFor, pagesFor, queryFor } from '../../lib/query.ts'
import { ALL, bodyOf, type CertificateForm, type Length, lengths, mistakesIn } from './certificate-form.ts'
import { CertificateMade, type Made } from './certificate-made.tsx'

const PASTE = 'paste'
type Props = { nodeId?: string | undefined; onClose: () => void }

/** Asks for a certificate, then shows it. */
export function GetCertificate({ nodeId, onClose }: Props) {
  const { t } = useTranslation()
  const mayRoot = useCan('nodes.ssh.root')
  const nodes = useInfiniteQuery(pagesFor(listNodes, { query: { limit: 200 } })).data ?? []
  const stored = useQuery(queryFor(getSettings, {})).data?.ssh_keys ?? []
  const [made, setMade] = useState<Made>()
  const [isChecked, setChecked] = useState(false)
  const [chosen, setChosen] = useState<string>()
  const [form, setForm] = useState<CertificateForm>({
    node: nodeId ?? ALL,
    logins: '',
    length: '480',
    key: '',
    forwarding: false,
    agent: false,
    command: '',
    sources: '',
  })
  const set = (change: Partial<CertificateForm>) => setForm((before) => ({ ...before, ...change }))
  const source = chosen ?? stored.find(({ is_default }) => is_default)?.name ?? PASTE
  const publicKey = source === PASTE ? form.key : (stored.find(({ name }) => name === source)?.public_key ?? '')
  const whole = { ...form, key: publicKey }
  const mistakes = mistakesIn(whole, mayRoot)
  const node = nodes.find(({ id }) => id === form.node)
  const create = useMutation({
    ...mutationFor(useQueryClient(), createCertificate, [listCertificates]),
    onSuccess: (answer) => setMade({ ...answer, publicKey, node }),
  })
  if (made) return <CertificateMade made={made} onDone={onClose} />

  const shown = (mistake: keyof typeof mistakes) => {
    const name = mistakes[mistake]
    return isChecked && name ? t(`ssh.form.${name}`) : undefined
  }
  const words: Record<Length, string> = {
    '15': t('ssh.form.minutes', { count: 15 }),
    '60': t('ssh.form.hour', { count: 1 }),
    '240': t('ssh.form.hour', { count: 4 }),
    '480': t('ssh.form.hour', { count: 8 }),
    '1440': t('ssh.form.hour', { count: 24 }),
  }
  return (
    <Dialog open onOpenChange={(next) => !next && onClose()} title={t('ssh.get')}>
      <form
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          setChecked(true)
          if (Object.keys(mistakes).length === 0 && !create.isPending) create.mutate({ body: bodyOf(whole) })
        }}
      >
        <Field
          label={t('ssh.form.logins')}
          help={`${t('ssh.form.loginsHelp')} ${mayRoot ? t('ssh.form.rootHelp') : ''}`}
          error={shown('logins')}
        >
          <Input
            autoFocus
            mono
            placeholder="deploy"
            spellCheck={false}
            autoCapitalize="off"
            value={form.logins}
            onValueChange={(logins) => set({ logins })}
          />
        </Field>
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label={t('ssh.form.where')}>
            <Select
              value={form.node}
              onValueChange={(node) => set({ node })}
              options={[
                { value: ALL, label: t('ssh.allMachines') },
                ...nodes.map(({ id, name }) => ({ value: id, label: name })),
              ]}
            />
          </Field>
          <Field label={t('ssh.form.hours')}>
            <Select
              value={form.length}
              onValueChange={(length) => set({ length })}
              options={lengths.map((value) => ({ value, label: words[value] }))}
            />
          </Field>
        </div>
        {stored.length > 0 && (
          <Field label={t('ssh.form.key')}>
            <Select
              value={source}
              onValueChange={setChosen}
              options={[
                ...stored.map(({ name, type }) => ({ value: name, label: name, note: type })),
                { value: PASTE, label: t('ssh.form.paste') },
              ]}
            />
          </Field>
        )}
        {source === PASTE && (
          <Field
            label={stored.length > 0 ? t('ssh.form.paste') : t('ssh.form.key')}
            help={t('ssh.form.pasteHelp')}
            error={shown('key')}
          >
            <Textarea
              mono
              rows={3}
              spellCheck={false}
              placeholder="ssh-ed25519 AAAA…"
              value={form.key}
              onValueChange={(key) => set({ key })}
            />
          </Field>
        )}
        <details className="rounded-md border border-border">
          <summary className="cursor-default rounded-md px-3 py-2 font-medium select-none">
            {t('ssh.form.more')}
          </summary>
          <div className="flex flex-col gap-4 border-t border-border p-3">
            <Checkbox
              checked={form.forwarding}
              onCheckedChange={(forwarding) => set({ forwarding })}
              label={t('ssh.form.forwarding')}
              help={t('ssh.form.forwardingHelp')}
            />
            <Checkbox
              checked={form.agent}
              onCheckedChange={(agent) => set({ agent })}
              label={t('ssh.form.agent')}
              help={t('ssh.form.agentHelp')}
            />
            <Field label={t('ssh.form.command')} note={t('ssh.form.optional')} help={t('ssh.form.commandHelp')}>
              <Input mono spellCheck={false} value={form.command} onValueChange={(command) => set({ command })} />
            </Field>
            <Field label={t('ssh.form.sources')} note={t('ssh.form.optional')} help={t('ssh.form.sourcesHelp')}>
              <Input mono spellCheck={false} value={form.sources} onValueChange={(sources) => set({ sources })} />
            </Field>
          </div>
        </details>
        {create.error && (
          <p role="alert" className="text-error">
            {problemText(create.error)}
          </p>
        )}
        <Button type="submit" variant="primary" pending={create.isPending} className="self-end">
          {t('ssh.form.submit')}
        </Button>
      </form>
    </Dialog>
  )
}
