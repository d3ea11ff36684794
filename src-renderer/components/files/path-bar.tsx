import { ChevronRight } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { shownName, steps } from './paths.ts'

type Props = {
  /** Empty: the list of all folders that are allowed. */
  path: string
  roots: readonly string[]
  /** The file that is open in it. */
  file?: string | undefined
  onGo: (path: string) => void
}

/** The way to where one is; every step leads back. */
export function PathBar({ path, roots, file, onGo }: Props) {
  const { t } = useTranslation()
  const way = [...(roots.length > 1 ? [{ name: t('files.allFolders'), path: '' }] : []), ...steps(path, roots)]
  const linkStyle = 'rounded-sm px-1 break-all text-muted hover:text-text hover:underline'
  return (
    <nav aria-label={t('files.path')} className="min-w-0">
      <ol className="flex min-h-8 flex-wrap items-center gap-y-1 font-mono text-sm">
        {way.map((step, index) => {
          const isHere = index === way.length - 1 && file === undefined
          return (
            <li key={step.path} className="flex min-w-0 items-center">
              {index > 0 && <ChevronRight aria-hidden size={14} className="shrink-0 text-muted" />}
              {isHere ? (
                <span aria-current="page" className="px-1 font-medium break-all">
                  {shownName(step.name)}
                </span>
              ) : (
                <button type="button" className={linkStyle} onClick={() => onGo(step.path)}>
                  {shownName(step.name)}
                </button>
              )}
            </li>
          )
        })}
        {file !== undefined && (
          <li className="flex min-w-0 items-center">
            <ChevronRight aria-hidden size={14} className="shrink-0 text-muted" />
            <span aria-current="page" className="px-1 font-medium break-all">
              {shownName(file)}
            </span>
          </li>
        )}
      </ol>
    </nav>
  )
}
