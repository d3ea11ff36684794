import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { getInstallOptions, getNetworkSettings, type NetworkSettings, updateNetworkSettings } from '#contract/network'
import { RelativeTime } from '../../components/relative-time.tsx'
import { Card, CardBody, CardHead } from '../../components/ui/card.tsx'
import { Checkbox } from '../../components/ui/checkbox.tsx'
import { CopyButton } from '../../components/ui/copy-button.tsx'
import { Field } from '../../components/ui/field.tsx'
import { Input } from '../../components/ui/input.tsx'
import { StatusDot } from '../../components/ui/status-dot.tsx'
import { call } from '../../lib/api.ts'
import { queryFor } from '../../lib/query.ts'
import { Loaded } from './loaded.tsx'
import { SettingsCard } from './settings-card.tsx'
import { useSettingsForm } from './use-settings-form.ts'

/** Whether others on the network reach this control plane, where, and by which key they know it. */
export function NetworkSection() {
  const network = useQuery(queryFor(getNetworkSettings, {}))
  return (
    <Loaded query={network}>
      {(data) => (
        <div className="flex max-w-form flex-col gap-4">
          <ListenerCard saved={data} />
          <AddressesCard network={data} />
        </div>
      )}
    </Loaded>
  )
}

function ListenerCard({ saved }: { saved: NetworkSettings }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { is_enabled, port } = saved
  const form = useSettingsForm({ is_enabled, port }, async (body) => {
    client.setQueryData(queryFor(getNetworkSettings, {}).queryKey, await call(updateNetworkSettings, { body }))
    void client.invalidateQueries({ queryKey: [getInstallOptions.schema.operationId] })
  })
  const { values, set } = form
  const isPort = values.port >= 1 && values.port <= 65_535
  return (
    <SettingsCard id="listener" title={t('adminSettings.network.listener')} form={form} isValid={isPort}>
      <Checkbox
        checked={values.is_enabled}
        onCheckedChange={(checked) => set({ is_enabled: checked })}
        label={t('adminSettings.network.enabled')}
        help={t('adminSettings.network.enabledHelp')}
      />
      <Field
        label={t('adminSettings.network.port')}
        help={t('adminSettings.network.portHelp')}
        error={!isPort && t('adminSettings.network.portInvalid')}
      >
        <Input
          mono
          inputMode="numeric"
          className="max-w-32"
          value={String(values.port || '')}
          onValueChange={(next) => set({ port: Number(next.replace(/\D/g, '').slice(0, 5)) })}
        />
      </Field>
      {saved.is_enabled && (values.port !== saved.port || !values.is_enabled) && (
        <p className="text-sm text-error">{t('adminSettings.network.cuts')}</p>
      )}
      <div role="status">
        {saved.problem !== null ? (
          <StatusDot tone="error" className="items-start">
            <span className="whitespace-normal">{saved.problem}</span>
          </StatusDot>
        ) : saved.is_enabled ? (
          <StatusDot tone="running">{t('adminSettings.network.listening', { port: saved.port })}</StatusDot>
        ) : (
          <StatusDot tone="stopped">{t('adminSettings.network.off')}</StatusDot>
        )}
      </div>
    </SettingsCard>
  )
}

function AddressesCard({ network }: { network: NetworkSettings }) {
  const { t } = useTranslation()
  const isReached = network.is_enabled && network.problem === null
  const lines = [...(network.public_url === null ? [] : [network.public_url]), ...(isReached ? network.addresses : [])]
  return (
    <Card aria-labelledby="addresses">
      <CardHead id="addresses" title={t('adminSettings.network.addresses')} />
      <CardBody className="flex flex-col gap-4">
        <p className="text-muted">
          {t(network.public_url === null ? 'adminSettings.network.noPublic' : 'adminSettings.network.public')}
        </p>
        {lines.length > 0 && (
          <ul className="flex flex-col">
            {lines.map((line) => (
              <Line key={line} text={line} copy={t('adminSettings.network.copy', { what: line })} />
            ))}
          </ul>
        )}
        {network.fingerprint !== null && (
          <div>
            <h3 className="font-medium">{t('adminSettings.network.fingerprint')}</h3>
            <p className="text-sm text-muted">{t('adminSettings.network.fingerprintHelp')}</p>
            <ul>
              <Line text={network.fingerprint} copy={t('adminSettings.network.copyFingerprint')} />
            </ul>
          </div>
        )}
        {network.certificate_expires_at !== null && (
          <p className="text-sm text-muted">
            {t('adminSettings.network.expires')} <RelativeTime at={network.certificate_expires_at} />
          </p>
        )}
      </CardBody>
    </Card>
  )
}

const Line = ({ text, copy }: { text: string; copy: string }) => (
  <li className="flex items-center justify-between gap-2 border-b border-border py-1 last:border-0">
    <code className="min-w-0 font-mono text-sm break-all">{text}</code>
    <CopyButton text={text} label={copy} />
  </li>
)
