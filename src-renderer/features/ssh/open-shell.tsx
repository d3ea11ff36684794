import { useQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { FleetNode } from '#contract/nodes'
import { getNodeSsh, openSsh } from '#contract/ssh-login'
import { type TerminalHandle, TerminalView } from '../../components/terminal/terminal-view.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Card, CardBody, CardHead } from '../../components/ui/card.tsx'
import { Field } from '../../components/ui/field.tsx'
import { Input } from '../../components/ui/input.tsx'
import { queryFor } from '../../lib/query.ts'
import { type KeptShell, keepShell, readShell } from './kept-shell.ts'
import { isAway } from '../../lib/away.ts'

const LOGIN = /^[a-z_][a-z0-9_-]{0,31}$/
type Props = { node: FleetNode; login: string; onLogin: (login: string) => void }

/** A shell on the machine's sshd, in the page. */
export function OpenShell({ node, login, onLogin }: Props) {
  const { t } = useTranslation()
  const info = useQuery(queryFor(getNodeSsh, { params: { id: node.id } }))
  const [shell, setShell] = useState(() => readShell(node.id))
  const [isTried, setTried] = useState(false)
  useEffect(() => keepShell(node.id, shell), [node.id, shell])
  const mistake = !LOGIN.test(login)
    ? t('sshLogin.shell.loginBad')
    : login === 'root' && info.data?.may_root === false
      ? t('sshLogin.shell.noRoot')
      : undefined
  if (shell) return <Shell node={node} shell={shell} onChange={setShell} />
  return (
    <Card aria-labelledby="ssh-in-browser">
      <CardHead id="ssh-in-browser" title={t('sshLogin.shell.title')} />
      <CardBody className="flex flex-col gap-4">
        <p className="max-w-form text-muted">{isAway(node) ? t('sshLogin.shell.away') : t('sshLogin.shell.lead')}</p>
        <form
          noValidate
          className="flex max-w-form flex-col items-start gap-3"
          onSubmit={(event) => {
            event.preventDefault()
            setTried(true)
            if (mistake === undefined) setShell({ login })
          }}
        >
          <Field label={t('sshLogin.shell.login')} error={isTried && mistake} className="w-full max-w-60">
            <Input
              value={login}
              onValueChange={onLogin}
              maxLength={32}
              spellCheck={false}
              autoCapitalize="off"
              autoComplete="off"
            />
          </Field>
          <Button type="submit" variant="primary" disabled={isAway(node) || !node.features.ssh}>
            {t('sshLogin.shell.open')}
          </Button>
        </form>
      </CardBody>
    </Card>
  )
}

type ShellProps = { node: FleetNode; shell: KeptShell; onChange: (shell: KeptShell | undefined) => void }

function Shell({ node, shell, onChange }: ShellProps) {
  const { t } = useTranslation()
  const [isFull, setFull] = useState(false)
  const view = useRef<TerminalHandle>(null)
  const { login } = shell
  const socket = useMemo(() => ({ op: openSsh, params: { id: node.id }, query: { login } }), [node.id, login])
  const onSession = useCallback(
    (session: string | undefined) => onChange({ login, ...(session !== undefined && { session }) }),
    [login, onChange],
  )
  return (
    <div className="flex flex-col gap-2">
      <div className="flex h-[clamp(22rem,calc(100dvh-17.5rem),60rem)] flex-col overflow-hidden rounded-lg border border-border bg-sunken">
        <TerminalView
          ref={view}
          socket={socket}
          label={t('sshLogin.shell.of', { name: node.name, login })}
          session={shell.session}
          onSession={onSession}
          isFull={isFull}
          onFull={setFull}
        />
      </div>
      <Button
        className="self-start"
        onClick={() => {
          view.current?.end()
          onChange(undefined)
        }}
      >
        {t('sshLogin.shell.close')}
      </Button>
    </div>
  )
}
