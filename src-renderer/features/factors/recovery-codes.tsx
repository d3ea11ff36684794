import { Copy, Download, Printer } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../components/ui/button.tsx'
import { Checkbox } from '../../components/ui/checkbox.tsx'
import { toast } from '../../components/ui/toast.tsx'
import { copyText } from '../../lib/clipboard.ts'
import { useMe } from '../../lib/me.ts'
import { saveText } from '../../lib/save-file.ts'

/** The recovery codes, shown this once: one goes on only after saying that they are kept. */
export function RecoveryCodes({ codes, onDone }: { codes: readonly string[]; onDone: () => void }) {
  const { t } = useTranslation()
  const me = useMe()
  const [isKept, setKept] = useState(false)
  const head = t('factors.codes.file', { email: me?.email ?? '', host: location.host })
  const text = `${head}\n\n${codes.join('\n')}\n\n${t('factors.codes.each')}\n`
  const copy = async () => {
    const done = await copyText(codes.join('\n'))
    toast({ title: t(done ? 'common.copied' : 'common.copyRefused'), tone: done ? 'done' : 'failed' })
  }
  return (
    <div className="flex flex-col gap-4">
      <p className="text-muted">{t('factors.codes.lead')}</p>
      <div data-print className="rounded-md border border-border bg-sunken p-4">
        <p className="hidden pb-3 print:block">{head}</p>
        <ul
          aria-label={t('factors.codes.list')}
          className="grid grid-cols-2 gap-x-6 gap-y-1.5 font-mono text-base select-text"
        >
          {codes.map((code) => (
            <li key={code} className="text-center">
              {code}
            </li>
          ))}
        </ul>
        <p className="hidden pt-3 print:block">{t('factors.codes.each')}</p>
      </div>
      <div className="flex flex-wrap gap-2">
        <Button onClick={() => void copy()}>
          <Copy aria-hidden size={14} /> {t('factors.codes.copyAll')}
        </Button>
        <Button onClick={() => saveText(text, 'shardlyn-recovery-codes.txt')}>
          <Download aria-hidden size={14} /> {t('factors.codes.download')}
        </Button>
        <Button onClick={() => window.print()}>
          <Printer aria-hidden size={14} /> {t('factors.codes.print')}
        </Button>
      </div>
      <Checkbox checked={isKept} onCheckedChange={setKept} label={t('factors.codes.kept')} />
      <Button variant="primary" size="lg" disabled={!isKept} onClick={onDone}>
        {t('factors.codes.done')}
      </Button>
    </div>
  )
}
