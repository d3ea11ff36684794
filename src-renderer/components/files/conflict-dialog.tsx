import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { problemText } from '../../lib/problem-text.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field } from '../ui/field.tsx'
import { Input } from '../ui/input.tsx'
import { shownName } from './paths.ts'

type Props = {
  open: boolean
  path: string
  onClose: () => void
  onOverwrite: () => Promise<void>
  onKeepBoth: (copy: string) => Promise<void>
  onTakeTheirs: () => void
}

/** `name.mine.txt`, beside the other one. */
function copyOf(path: string): string {
  const at = path.lastIndexOf('/') + 1
  const dot = path.lastIndexOf('.')
  return dot > at ? `${path.slice(0, dot)}.mine${path.slice(dot)}` : `${path}.mine`
}

/** Somebody else saved the file meanwhile: nothing is lost unless the person says so. */
export function ConflictDialog({ open, path, onClose, onOverwrite, onKeepBoth, onTakeTheirs }: Props) {
  const { t } = useTranslation()
  const [copy, setCopy] = useState(() => copyOf(path))
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const run = async (work: () => Promise<void>) => {
    setBusy(true)
    setError(undefined)
    try {
      await work()
    } catch (failure) {
      setError(failure)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => !next && !isBusy && onClose()}
      title={t('files.conflict.title')}
      description={t('files.conflict.text', { name: shownName(path) })}
      footer={
        <>
          <Button disabled={isBusy} onClick={onTakeTheirs}>
            {t('files.conflict.theirs')}
          </Button>
          <Button variant="danger" disabled={isBusy} onClick={() => void run(onOverwrite)}>
            {t('files.conflict.mine')}
          </Button>
          <Button variant="primary" pending={isBusy} onClick={() => void run(() => onKeepBoth(copy))}>
            {t('files.conflict.both')}
          </Button>
        </>
      }
    >
      <Field label={t('files.conflict.copy')} help={t('files.conflict.copyHelp')}>
        <Input mono spellCheck={false} value={copy} onValueChange={setCopy} />
      </Field>
      {error !== undefined && (
        <p role="alert" className="mt-3 text-error">
          {problemText(error)}
        </p>
      )}
    </Dialog>
  )
}
