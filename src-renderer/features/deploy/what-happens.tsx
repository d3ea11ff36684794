import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Card, CardBody, CardHead } from '../../components/ui/card.tsx'
import { formatList } from '../../lib/format.ts'
import { chosenPorts, type ServerForm } from './deploy-form.ts'
import type { DeploySource } from './use-deploy-source.ts'

type Props = {
  source: DeploySource
  form: ServerForm
  machine: string | undefined
  start: boolean
  children: ReactNode
}

/** What the button will do, in three lines, before it is pressed. */
export function WhatHappens({ source, form, machine, start, children }: Props) {
  const { t } = useTranslation()
  const { runtime = 'docker', image = '', install, ports = [] } = source.document.spec
  const name = form.name.trim() || source.name
  const chosen = chosenPorts(form)
  const count = ports.length - chosen.length
  const numbers = formatList(chosen.map(({ host_port: port }) => String(port)))

  const where = t(`deploy.step1.${runtime}${install ? '_install' : ''}` as const, {
    name,
    image,
    machine: machine ?? '…',
  })
  const reach =
    ports.length === 0
      ? t('deploy.step2.none')
      : chosen.length === 0
        ? t('deploy.step2.auto', { count })
        : count === 0
          ? t('deploy.step2.chosen', { ports: numbers })
          : t('deploy.step2.mixed', { ports: numbers, count })
  const steps = [where, reach, t(start ? 'deploy.step3.start' : 'deploy.step3.wait')]

  return (
    <Card>
      <CardHead title={t('deploy.happens')} />
      <CardBody className="flex flex-col gap-4">
        <ol className="flex flex-col gap-3">
          {steps.map((step, at) => (
            <li key={step} className="flex gap-2.5">
              <span
                aria-hidden
                className="grid size-5 shrink-0 place-items-center rounded-full bg-accent-soft text-xs font-semibold text-accent tabular"
              >
                {at + 1}
              </span>
              <span className="min-w-0 text-pretty break-words">{step}</span>
            </li>
          ))}
        </ol>
        {children}
      </CardBody>
    </Card>
  )
}
