import { Download } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { downloadCli } from '#contract/cli'
import { buttonStyle } from '../../components/ui/button-style.ts'
import { Card, CardBody, CardHead } from '../../components/ui/card.tsx'
import { Copyable } from './copyable.tsx'

/** A name as a shell takes it for one word. */
const word = (name: string) => (/^[\w.-]+$/.test(name) ? name : `'${name.replaceAll("'", `'\\''`)}'`)

/** How one's own ssh, scp and rsync go through Shardlyn. */
export function OwnClient({ name, login }: { name: string; login: string }) {
  const { t } = useTranslation()
  const run = 'node shardlyn.mjs'
  const commands: [string, string][] = [
    [t('sshLogin.own.signIn'), `${run} login ${window.location.origin}`],
    [t('sshLogin.own.connect'), `${run} ssh ${word(name)} -l ${word(login || 'deploy')}`],
    [t('sshLogin.own.config'), `${run} ssh-config >> ~/.ssh/config`],
  ]
  return (
    <Card aria-labelledby="ssh-own-client">
      <CardHead
        id="ssh-own-client"
        title={t('sshLogin.own.title')}
        action={
          <a href={downloadCli.url} download="shardlyn.mjs" className={buttonStyle({ size: 'sm' })}>
            <Download aria-hidden size={14} /> {t('sshLogin.own.download')}
          </a>
        }
      />
      <CardBody className="flex flex-col gap-4">
        <p className="max-w-form text-muted">
          {t('sshLogin.own.lead')} {t('sshLogin.own.needs')}
        </p>
        <ol className="flex max-w-form flex-col gap-3">
          {commands.map(([label, text]) => (
            <li key={text}>
              <Copyable label={label} text={text} copy={t('sshLogin.own.copy')} />
            </li>
          ))}
        </ol>
      </CardBody>
    </Card>
  )
}
