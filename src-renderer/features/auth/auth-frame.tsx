import { type ReactNode, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { Logo } from '../../app/logo.tsx'
import { Segmented } from '../../components/ui/segmented.tsx'
import { chooseLanguage, currentLanguage, languageNames, languages } from '../../lib/i18n.ts'

type Props = {
  title: string
  lead: ReactNode
  /** Links to the pages beside this one. */
  links?: ReactNode
  children?: ReactNode
}

/** The page before one is in: what is asked in the middle, the language below, for nobody has chosen one yet. */
export function AuthFrame({ title, lead, links, children }: Props) {
  const { t } = useTranslation()
  useEffect(() => {
    document.title = `${title} · Shardlyn`
  }, [title])
  return (
    <main className="flex min-h-dvh flex-col items-center px-4 py-8 sm:justify-center">
      <div className="flex w-full max-w-100 flex-col gap-6">
        <div className="flex items-center gap-2.5">
          <Logo size={32} />
          <span className="text-title font-semibold">Shardlyn</span>
        </div>
        <section className="rounded-lg border border-border bg-surface p-5 shadow-raised sm:p-6">
          <h1 className="text-title font-semibold text-balance">{title}</h1>
          <div className="mt-1 text-pretty break-words text-muted">{lead}</div>
          {children && <div className="mt-5">{children}</div>}
        </section>
        {links && <nav className="-mt-2 flex flex-wrap justify-center gap-x-5 gap-y-2">{links}</nav>}
        <Segmented
          label={t('shell.account.language')}
          value={currentLanguage()}
          onValueChange={chooseLanguage}
          options={languages.map((value) => ({ value, label: languageNames[value] }))}
          className="self-center"
        />
      </div>
    </main>
  )
}

/** How a link below the frame looks. */
export const frameLinkStyle = 'rounded-sm text-accent hover:underline pointer-coarse:py-2'
