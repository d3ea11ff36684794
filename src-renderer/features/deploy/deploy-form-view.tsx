import { useNavigate } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { FleetNode } from '#contract/nodes'
import { Badge } from '../../components/ui/badge.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Card, CardBody, CardHead } from '../../components/ui/card.tsx'
import { Checkbox } from '../../components/ui/checkbox.tsx'
import { Field } from '../../components/ui/field.tsx'
import { Input } from '../../components/ui/input.tsx'
import { PageHead } from '../../components/ui/page-head.tsx'
import { problemFields, problemText } from '../../lib/problem-text.ts'
import { TemplateIcon } from '../templates/template-icon.tsx'
import { requirementOf } from '../templates/words.ts'
import { mistakeWords } from '../workloads/mistake-words.ts'
import {
  checkForm,
  freeName,
  isSound,
  needsMemoryLimit,
  type ServerForm,
  startForm,
  visibleVariables,
} from './deploy-form.ts'
import { LimitFields } from './limit-fields.tsx'
import { MachineField, useMachine } from './machine-field.tsx'
import { PortFields } from './port-fields.tsx'
import { useDeploy } from './use-deploy.ts'
import type { DeploySource } from './use-deploy-source.ts'
import { VariableFields } from './variable-fields.tsx'
import { WhatHappens } from './what-happens.tsx'

type Props = {
  source: DeploySource
  nodes: readonly FleetNode[]
  wantedNode: string | undefined
  takenNames: readonly string[]
  back: ReactNode
}

export function DeployForm({ source, nodes, wantedNode, takenNames, back }: Props) {
  const { t, i18n } = useTranslation()
  const navigate = useNavigate()
  const { document } = source
  const runtime = document.spec.runtime ?? 'docker'
  const [form, setForm] = useState<ServerForm>(() => startForm(document, freeName(source.name, takenNames)))
  const [start, setStart] = useState(true)
  const [isTried, setTried] = useState(false)
  const machine = useMachine(nodes, runtime, wantedNode)
  const deploy = useDeploy(source)

  const requirement = source.template && requirementOf(source.template, i18n.language)
  const problems = checkForm(form, document)
  const variables = visibleVariables(document)
  const wrong =
    Object.keys(problems.variables).length +
    Object.keys(problems.ports).length +
    [problems.name, problems.cpu, problems.memory].filter(Boolean).length
  const change = (next: Partial<ServerForm>) => {
    setForm((now) => ({ ...now, ...next }))
    if (deploy.isError) deploy.reset()
  }

  const submit = () => {
    setTried(true)
    if (!machine.node || !isSound(problems) || deploy.isPending) return
    deploy.mutate(
      { form, nodeId: machine.node.id, start },
      { onSuccess: ({ id }) => void navigate({ to: '/servers/$instanceId', params: { instanceId: id } }) },
    )
  }
  // What was not filled in yet is not scolded before one tried to go on.
  const shownVariables = isTried
    ? problems.variables
    : Object.fromEntries(Object.entries(problems.variables).filter(([env]) => form.variables[env] !== ''))

  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      <PageHead
        title={t('deploy.title', { name: source.name })}
        back={back}
        lead={<TemplateIcon icon={source.icon} size="lg" />}
        state={
          <>
            <Badge>{t(`templates.runtime.${runtime}`)}</Badge>
            <span>
              {source.workload ? t('deploy.workloadReused', { name: source.workload.name }) : t('deploy.workloadMade')}
            </span>
          </>
        }
      />
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,40rem)_minmax(16rem,1fr)]">
        <div className="flex max-w-form min-w-0 flex-col gap-4">
          <Card>
            <CardBody className="flex flex-col gap-4">
              <Field
                label={t('deploy.name')}
                help={t('deploy.nameHelp')}
                error={
                  problems.name && (isTried || form.name !== '') ? t(`deploy.nameProblems.${problems.name}`) : undefined
                }
              >
                <Input value={form.name} onValueChange={(name) => change({ name })} maxLength={80} />
              </Field>
              <MachineField
                ranked={machine.ranked}
                node={machine.node}
                reason={machine.reason}
                runtime={runtime}
                onChoose={machine.choose}
              />
              {requirement !== undefined && (
                <p className="-mt-3 text-sm text-muted">{t('templates.requires', { what: requirement })}</p>
              )}
            </CardBody>
          </Card>
          {variables.length > 0 && (
            <Card>
              <CardHead title={t('deploy.settings')} />
              <CardBody>
                <VariableFields
                  specs={variables}
                  values={form.variables}
                  problems={shownVariables}
                  onChange={(env, value) => change({ variables: { ...form.variables, [env]: value } })}
                />
              </CardBody>
            </Card>
          )}
          <Card>
            <CardHead title={t('deploy.resources')} />
            <CardBody>
              <LimitFields
                values={form}
                problems={problems}
                onChange={change}
                node={machine.node}
                runtime={runtime}
                isLimitNeeded={needsMemoryLimit(document)}
              />
            </CardBody>
          </Card>
          {(document.spec.ports ?? []).length > 0 && (
            <Card>
              <CardHead title={t('deploy.ports')} />
              <CardBody>
                <PortFields
                  document={document}
                  values={form.ports}
                  problems={problems.ports}
                  onChange={(name, port) => change({ ports: { ...form.ports, [name]: port } })}
                  help={machine.node ? t('deploy.portHelp', machine.node.port_range) : t('deploy.portHelpPlain')}
                />
              </CardBody>
            </Card>
          )}
        </div>
        <div className="max-w-form lg:sticky lg:top-4 lg:max-w-88">
          <WhatHappens source={source} form={form} machine={machine.node?.name} start={start}>
            <Checkbox label={t('deploy.start')} checked={start} onCheckedChange={setStart} />
            {deploy.isError && (
              <div role="alert" className="text-error">
                <p className="font-medium">{t('deploy.failed')}</p>
                <p className="break-words">{problemText(deploy.error)}</p>
                {Object.entries(problemFields(deploy.error)).map(([path, message]) => (
                  <p key={path} className="text-sm break-words">
                    {t('workloads.problems.atPath', { path, message: mistakeWords(message, t) })}
                  </p>
                ))}
              </div>
            )}
            {wrong > 0 && isTried && (
              <p role="status" className="text-error">
                {t('deploy.fix', { count: wrong })}
              </p>
            )}
            <Button
              type="submit"
              variant="primary"
              size="lg"
              className="w-full"
              pending={deploy.isPending}
              disabled={!machine.node}
            >
              {t('deploy.submit')}
            </Button>
          </WhatHappens>
        </div>
      </div>
    </form>
  )
}
