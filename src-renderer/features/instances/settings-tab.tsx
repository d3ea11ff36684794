import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { getInstance, listInstances, updateInstance } from '#contract/instances'
import { getNode } from '#contract/nodes'
import { Button } from '../../components/ui/button.tsx'
import { Card, CardBody, CardHead } from '../../components/ui/card.tsx'
import { Field } from '../../components/ui/field.tsx'
import { Input } from '../../components/ui/input.tsx'
import { toast } from '../../components/ui/toast.tsx'
import { useCan } from '../../lib/me.ts'
import { problemFields, problemText } from '../../lib/problem-text.ts'
import { mutationFor, queryFor } from '../../lib/query.ts'
import { needsMemoryLimit, visibleVariables } from '../deploy/deploy-form.ts'
import { LimitFields } from '../deploy/limit-fields.tsx'
import { PortFields } from '../deploy/port-fields.tsx'
import { VariableFields } from '../deploy/variable-fields.tsx'
import { MoveCard } from '../migrations/move-card.tsx'
import { mistakeWords } from '../workloads/mistake-words.ts'
import { DangerZone } from './danger-zone.tsx'
import { EnvFields } from './env-fields.tsx'
import { InstanceFacts } from './instance-facts.tsx'
import {
  areSound,
  checkSettings,
  currentSettings,
  type Detailed,
  settingsChange,
  type SettingsForm,
} from './settings-form.ts'
import { WorkloadVersion } from './workload-version.tsx'

export function SettingsTab({ instance }: { instance: Detailed }) {
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,40rem)_minmax(16rem,24rem)]">
      {/* Anew when somebody else saved: what is typed over an old state would undo theirs. */}
      <Settings key={`${instance.id} ${instance.workload_version}`} instance={instance} />
      <div className="flex min-w-0 flex-col gap-4">
        <WorkloadVersion instance={instance} />
        <InstanceFacts instance={instance} />
        <MoveCard instance={instance} />
        {instance.rights.includes('instances.delete') && <DangerZone instance={instance} />}
      </div>
    </div>
  )
}

function Settings({ instance }: { instance: Detailed }) {
  const { t } = useTranslation()
  const isReadOnly = !instance.rights.includes('instances.update')
  const seesMachines = useCan('nodes.view')
  const node = useQuery({
    ...queryFor(getNode, { params: { id: instance.node_id } }),
    enabled: seesMachines,
  }).data
  const [typed, setTyped] = useState<Partial<SettingsForm>>({})
  const save = useMutation(mutationFor(useQueryClient(), updateInstance, [getInstance, listInstances]))
  const form = { ...currentSettings(instance), ...typed }
  const problems = checkSettings(form, instance)
  const change = settingsChange(form, instance)
  const { document } = instance
  const variables = visibleVariables(document)
  const ports = document.spec.ports ?? []
  const assigned = Object.fromEntries(instance.ports.map(({ name, host_port: port }) => [name, port]))

  const put = (next: Partial<SettingsForm>) => {
    setTyped((now) => ({ ...now, ...next }))
    if (save.isError) save.reset()
  }
  const submit = () => {
    if (!change || !areSound(problems) || save.isPending) return
    save.mutate(
      { params: { id: instance.id }, body: change },
      {
        onSuccess: (saved) => {
          setTyped({})
          toast({
            title: t(saved.restart_needed ? 'instances.settingsForm.savedLater' : 'instances.settingsForm.saved'),
            tone: 'done',
          })
        },
      },
    )
  }

  return (
    <form
      noValidate
      className="flex min-w-0 flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      {isReadOnly && <p className="text-muted">{t('instances.settingsForm.mayNot')}</p>}
      <Card>
        <CardHead title={t('instances.settingsForm.general')} />
        <CardBody>
          <Field
            label={t('instances.settingsForm.name')}
            error={problems.name && t(`deploy.nameProblems.${problems.name}`)}
          >
            <Input value={form.name} readOnly={isReadOnly} maxLength={80} onValueChange={(name) => put({ name })} />
          </Field>
        </CardBody>
      </Card>
      <Card>
        <CardHead title={t('instances.settingsForm.variables')} />
        <CardBody>
          {variables.length === 0 ? (
            <p className="text-muted">{t('instances.settingsForm.noVariables')}</p>
          ) : (
            <VariableFields
              specs={variables}
              values={form.variables}
              problems={problems.variables}
              isReadOnly={isReadOnly}
              onChange={(env, value) => put({ variables: { ...form.variables, [env]: value } })}
            />
          )}
        </CardBody>
      </Card>
      <Card>
        <CardHead title={t('instances.settingsForm.resources')} />
        <CardBody>
          <LimitFields
            values={form}
            problems={problems}
            onChange={put}
            node={node}
            runtime={instance.runtime}
            isLimitNeeded={needsMemoryLimit(document)}
            ownBytes={instance.usage?.memory_bytes ?? 0}
            isReadOnly={isReadOnly}
          />
        </CardBody>
      </Card>
      {ports.length > 0 && (
        <Card>
          <CardHead title={t('instances.settingsForm.ports')} />
          <CardBody>
            <PortFields
              document={document}
              values={form.ports}
              problems={problems.ports}
              assigned={assigned}
              isReadOnly={isReadOnly}
              help={t('instances.settingsForm.portHelp')}
              onChange={(name, port) => put({ ports: { ...form.ports, [name]: port } })}
            />
          </CardBody>
        </Card>
      )}
      <Card>
        <CardHead title={t('instances.settingsForm.environment')} />
        <CardBody>
          <EnvFields rows={form.env} problems={problems.env} isReadOnly={isReadOnly} onChange={(env) => put({ env })} />
        </CardBody>
      </Card>
      {!isReadOnly && (change || save.isError) && (
        <div className="sticky bottom-3 z-10 flex flex-wrap items-center gap-2 rounded-lg border border-border bg-raised p-2 pl-4 shadow-overlay">
          <div className="min-w-0 flex-1">
            {save.isError ? (
              <div role="alert" className="text-error">
                <p>
                  {t('instances.settingsForm.saveFailed')}. {problemText(save.error)}
                </p>
                {Object.entries(problemFields(save.error)).map(([path, message]) => (
                  <p key={path} className="text-sm">
                    {t('workloads.problems.atPath', { path, message: mistakeWords(message, t) })}
                  </p>
                ))}
              </div>
            ) : (
              <p role="status" className="font-medium">
                {t('instances.settingsForm.changes', { count: Object.keys(change ?? {}).length })}
              </p>
            )}
          </div>
          <Button onClick={() => (setTyped({}), save.reset())}>{t('common.discard')}</Button>
          <Button type="submit" variant="primary" pending={save.isPending} disabled={!areSound(problems) || !change}>
            {t('instances.settingsForm.save')}
          </Button>
        </div>
      )}
    </form>
  )
}
