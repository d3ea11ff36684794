import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { FleetNode } from '#contract/nodes'
import { ButtonLink } from '../../components/ui/button-link.tsx'
import { Field } from '../../components/ui/field.tsx'
import { Select } from '../../components/ui/select.tsx'
import { formatBytes } from '../../lib/format.ts'
import { bestMachine, type Candidate, type Choice, rankMachines } from './choose-machine.ts'

type Runtime = 'docker' | 'process'

/** The machine of a deployment: what a person chose, else the best one, which stays while it can take the server. */
export function useMachine(nodes: readonly FleetNode[], runtime: Runtime, wanted: string | undefined) {
  const [chosen, setChosen] = useState(wanted)
  const [kept, setKept] = useState<Choice>()
  const ranked = rankMachines(nodes, runtime)
  const isAble = (id: string | undefined) => ranked.some(({ node, obstacle }) => node.id === id && obstacle === null)
  // Every heartbeat changes who has the most memory; the offer must not jump about under somebody's eyes.
  if (!isAble(kept?.node.id)) {
    const best = bestMachine(ranked)
    if (best?.node.id !== kept?.node.id) setKept(best)
  }
  const isOwnChoice = chosen !== undefined && isAble(chosen)
  const id = isOwnChoice ? chosen : kept?.node.id
  return {
    ranked,
    node: nodes.find((node) => node.id === id),
    reason: isOwnChoice ? undefined : kept,
    choose: setChosen,
  }
}

type Props = {
  ranked: readonly Candidate[]
  node: FleetNode | undefined
  reason: Choice | undefined
  runtime: Runtime
  onChoose: (id: string) => void
}

export function MachineField({ ranked, node, reason, runtime, onChoose }: Props) {
  const { t } = useTranslation()
  const note = ({ obstacle, freeBytes }: Candidate): string | undefined => {
    if (obstacle === 'runtime') return t(`deploy.obstacles.${runtime}`)
    if (obstacle !== null) return t(`deploy.obstacles.${obstacle}`)
    return freeBytes === null ? undefined : t('deploy.free', { size: formatBytes(freeBytes) })
  }
  const why = (): string => {
    if (!node) return ''
    const free = ranked.find((candidate) => candidate.node.id === node.id)?.freeBytes ?? null
    if (reason?.node.id === node.id) {
      return t(`deploy.machineChosen.${reason.reason}`, { name: node.name, free: formatBytes(free ?? 0) })
    }
    return free === null
      ? t('deploy.machineYoursPlain', { name: node.name })
      : t('deploy.machineYours', { name: node.name, free: formatBytes(free) })
  }

  if (!node) {
    return (
      <div
        role="alert"
        className="flex flex-col items-start gap-2 rounded-md border border-border bg-busy-soft p-3 text-busy"
      >
        <p className="font-medium">{ranked.length === 0 ? t('deploy.noMachines') : t('deploy.noMachine')}</p>
        {ranked.length > 0 && <p>{t(`deploy.noMachineHelp.${runtime}`)}</p>}
        <ButtonLink to="/machines">{t('deploy.toMachines')}</ButtonLink>
      </div>
    )
  }
  return (
    <Field label={t('deploy.machine')} help={why()}>
      <Select
        value={node.id}
        onValueChange={onChoose}
        options={ranked.map((candidate) => ({
          value: candidate.node.id,
          label: candidate.node.name,
          disabled: candidate.obstacle !== null,
          note: note(candidate),
        }))}
      />
    </Field>
  )
}
