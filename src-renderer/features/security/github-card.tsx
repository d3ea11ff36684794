import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { GitBranch } from 'lucide-react'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { linkGithub, listIdentities, unlinkIdentity } from '#contract/github'
import { SettingRow } from '../../components/setting-row.tsx'
import { AlertDialog } from '../../components/ui/alert-dialog.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Card, CardHead } from '../../components/ui/card.tsx'
import { toast, toastError } from '../../components/ui/toast.tsx'
import { call } from '../../lib/api.ts'
import { dropLinkSecret, useLinkSecret } from '../../lib/link-secrets.ts'
import { mutationFor, queryFor } from '../../lib/query.ts'
import { githubText } from '../auth/github-text.ts'

/** The linked GitHub account. Without GitHub here, and without one that is linked, there is nothing to see. */
export function GithubCard({ isOffered }: { isOffered: boolean }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const linked = useQuery(queryFor(listIdentities, {})).data?.items.find(({ provider }) => provider === 'github')
  const link = useMutation({
    mutationFn: () => call(linkGithub, {}),
    onSuccess: ({ url }) => location.assign(url),
    onError: (error) => toastError(t('security.github.linkFailed'), error),
  })
  const unlink = useMutation(mutationFor(client, unlinkIdentity, [listIdentities]))
  useLinkOutcome()
  if (!isOffered && !linked) return null
  return (
    <Card aria-labelledby="github">
      <CardHead id="github" title={t('security.github.title')} />
      <ul>
        <SettingRow
          icon={GitBranch}
          title={linked ? t('security.github.linked', { login: linked.login }) : t('security.github.notLinked')}
          action={
            linked ? (
              <AlertDialog
                trigger={<Button>{t('security.github.unlink')}</Button>}
                title={t('security.github.unlinkAsk', { login: linked.login })}
                action={t('security.github.unlink')}
                onConfirm={async () => {
                  await unlink.mutateAsync({ params: { provider: 'github' } })
                  toast({ title: t('security.github.unlinked', { login: linked.login }), tone: 'done' })
                }}
              >
                <p>{t('security.github.unlinkLost')}</p>
              </AlertDialog>
            ) : (
              <Button pending={link.isPending} onClick={() => link.mutate()}>
                {t('security.github.link')}
              </Button>
            )
          }
        >
          {linked ? linked.email : t('security.github.help')}
        </SettingRow>
      </ul>
    </Card>
  )
}

/** Coming back from GitHub: how it went. */
function useLinkOutcome(): void {
  const { t } = useTranslation()
  const client = useQueryClient()
  const done = useLinkSecret('github_linked')
  const refusal = useLinkSecret('github_error')
  useEffect(() => {
    if (done !== undefined) {
      dropLinkSecret('github_linked')
      toast({ title: t('security.github.linkedNow'), tone: 'done' })
      void client.invalidateQueries({ queryKey: [listIdentities.schema.operationId] })
    }
    if (refusal !== undefined) {
      dropLinkSecret('github_error')
      toast({ title: t('security.github.notLinkedNow'), description: githubText(refusal), tone: 'failed' })
    }
  }, [done, refusal, client, t])
}
