import { Check, Minus } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { FleetNode } from '#contract/nodes'
import { Card, CardBody, CardHead } from '../../components/ui/card.tsx'

/** Said honestly: a limit that a machine does not enforce is told here, before somebody relies on it. */
export function NodeCapabilities({ node }: { node: FleetNode }) {
  const { t } = useTranslation()
  const { runtimes, process_limits: limits } = node.capabilities
  const isNative = runtimes.includes('process')
  return (
    <Card aria-labelledby="can">
      <CardHead id="can" title={t('nodes.can.title')} />
      <CardBody className="py-2">
        <ul>
          <Can does={runtimes.includes('docker')} yes={t('nodes.can.docker')} no={t('nodes.can.noDocker')} />
          <Can does={isNative} yes={t('nodes.can.process')} no={t('nodes.can.noProcess')} />
          {isNative && (
            <>
              <Can does={limits.memory} yes={t('nodes.can.memory')} no={t('nodes.can.noMemory')} />
              <Can does={limits.cpu} yes={t('nodes.can.cpu')} no={t('nodes.can.noCpu')} />
              <Can does={limits.pids} yes={t('nodes.can.pids')} no={t('nodes.can.noPids')} />
            </>
          )}
        </ul>
      </CardBody>
    </Card>
  )
}

function Can({ does, yes, no }: { does: boolean; yes: string; no: string }) {
  return (
    <li className="flex items-start gap-2 py-1.5">
      {does ? (
        <Check aria-hidden size={16} className="mt-0.5 shrink-0 text-running" />
      ) : (
        <Minus aria-hidden size={16} className="mt-0.5 shrink-0 text-busy" />
      )}
      <span className={does ? '' : 'text-muted'}>{does ? yes : no}</span>
    </li>
  )
}
