import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type FleetNode, getNode, listNodes, updateNode } from '#contract/nodes'
import { Button } from '../../components/ui/button.tsx'
import { Card, CardBody, CardHead } from '../../components/ui/card.tsx'
import { Field } from '../../components/ui/field.tsx'
import { Input } from '../../components/ui/input.tsx'
import { toast } from '../../components/ui/toast.tsx'
import { useCan } from '../../lib/me.ts'
import { problemText } from '../../lib/problem-text.ts'
import { mutationFor } from '../../lib/query.ts'
import { LabelEditor } from './label-editor.tsx'
import { changesOf, checkForm, formOf, isFaultless } from './node-form.ts'
import { RemoveNode } from './remove-node.tsx'

/** Everything about a machine that can be changed, and the way out. */
export function NodeSettings({ node }: { node: FleetNode }) {
  const { t } = useTranslation()
  const canUpdate = useCan('nodes.update')
  const [form, setForm] = useState(() => formOf(node))
  const [isChecked, setChecked] = useState(false)
  const save = useMutation({
    ...mutationFor(useQueryClient(), updateNode, [getNode, listNodes]),
    onSuccess: (saved) => {
      setForm(formOf(saved))
      setChecked(false)
      toast({ title: t('common.saved'), tone: 'done' })
    },
  })
  const errors = checkForm(form)
  const shown = isChecked ? errors : { labels: [] }
  const changes = changesOf(form, node)
  const set = (change: Partial<typeof form>) => setForm({ ...form, ...change })

  return (
    <div className="flex max-w-form flex-col gap-4">
      <Card aria-labelledby="settings">
        <CardHead id="settings" title={t('nodes.settings.title')} />
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault()
            setChecked(true)
            if (changes && isFaultless(errors) && !save.isPending) {
              save.mutate({ params: { id: node.id }, body: changes })
            }
          }}
        >
          <CardBody>
            <fieldset disabled={!canUpdate} className="flex min-w-0 flex-col gap-5">
              {!canUpdate && <p className="text-muted">{t('nodes.settings.noRight')}</p>}
              <Field
                label={t('nodes.settings.name')}
                help={t('nodes.settings.nameHelp')}
                error={shown.name && t('nodes.settings.nameInvalid')}
              >
                <Input value={form.name} maxLength={63} onValueChange={(name) => set({ name })} />
              </Field>
              <Field
                label={t('nodes.settings.address')}
                note={t('common.optional')}
                help={t('nodes.settings.addressHelp')}
                error={shown.address && t('nodes.settings.addressInvalid')}
              >
                <Input
                  mono
                  value={form.address}
                  maxLength={253}
                  spellCheck={false}
                  onValueChange={(address) => set({ address })}
                />
              </Field>
              <div role="group" aria-labelledby="ports">
                <span id="ports" className="font-medium">
                  {t('nodes.settings.ports')}
                </span>
                <div className="mt-1 flex items-center gap-2">
                  <Input
                    mono
                    inputMode="numeric"
                    aria-label={t('nodes.settings.portFirst')}
                    aria-invalid={shown.ports}
                    aria-describedby="ports-help"
                    value={form.first}
                    onValueChange={(first) => set({ first })}
                    className="w-24"
                  />
                  <span aria-hidden>–</span>
                  <Input
                    mono
                    inputMode="numeric"
                    aria-label={t('nodes.settings.portLast')}
                    aria-invalid={shown.ports}
                    aria-describedby="ports-help"
                    value={form.last}
                    onValueChange={(last) => set({ last })}
                    className="w-24"
                  />
                </div>
                <p id="ports-help" className={shown.ports ? 'mt-1 text-sm text-error' : 'mt-1 text-sm text-muted'}>
                  {t(shown.ports ? 'nodes.settings.portsInvalid' : 'nodes.settings.portsHelp')}
                </p>
              </div>
              <LabelEditor labels={form.labels} faults={shown.labels} onChange={(labels) => set({ labels })} />
              {save.error && (
                <p role="alert" className="text-error">
                  {problemText(save.error)}
                </p>
              )}
            </fieldset>
          </CardBody>
          {canUpdate && (
            <footer className="flex justify-end gap-2 border-t border-border px-4 py-3">
              <Button disabled={!changes || save.isPending} onClick={() => setForm(formOf(node))}>
                {t('common.discard')}
              </Button>
              <Button type="submit" variant="primary" disabled={!changes} pending={save.isPending}>
                {t('common.save')}
              </Button>
            </footer>
          )}
        </form>
      </Card>
      <RemoveNode node={node} />
    </div>
  )
}
