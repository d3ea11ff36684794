import {
  AArrowDown,
  AArrowUp,
  Clock,
  Copy,
  Download,
  Ellipsis,
  Eraser,
  Maximize2,
  Minimize2,
  Search,
} from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { downloadLogs } from '#contract/console'
import { fontSizes, outputFontSize } from '../../components/terminal/font-size.ts'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { Menu, MenuCheckbox, MenuItem, MenuSeparator } from '../../components/ui/menu.tsx'
import { toast, toastError } from '../../components/ui/toast.tsx'
import { download } from '../../lib/api.ts'
import { useStored } from '../../lib/stored.ts'
import type { ConsoleScreen } from './console-screen.ts'
import { fileNameOf } from './file-name.ts'

type Props = {
  screen: ConsoleScreen | undefined
  instance: { id: string; name: string }
  hasTimes: boolean
  isFull: boolean
  onFull: (isFull: boolean) => void
  onSearch: () => void
}

/** What one can do with the output. The rare half is in a menu, which on a phone holds all but the search. */
export function ConsoleToolbar({ screen, instance, hasTimes, isFull, onFull, onSearch }: Props) {
  const { t } = useTranslation()
  const [fontSize, setFontSize] = useStored(outputFontSize)
  const at = fontSizes.findIndex((size) => size === fontSize)

  const copy = async () => {
    const count = await screen?.copy()
    if (count === undefined) toast({ title: t('common.copyRefused'), tone: 'failed' })
    else toast({ title: t('console.copied', { count }) })
  }
  const save = () =>
    void download(downloadLogs, { params: { id: instance.id } }, fileNameOf(instance.name, 'log')).catch(
      (error: unknown) => toastError(t('console.downloadFailed'), error),
    )
  const toggleTimes = () =>
    void screen?.showTimes(!hasTimes).catch((error: unknown) => toastError(t('console.timestampsFailed'), error))
  const resize = (step: number) => {
    const size = fontSizes[Math.max(0, Math.min(fontSizes.length - 1, at + step))]
    if (size === undefined) return
    setFontSize(size)
    screen?.setFontSize(size)
  }

  return (
    <div className="flex items-center gap-0.5">
      <IconButton icon={Search} label={t('console.search')} size="sm" onClick={onSearch} />
      <span className="hidden items-center gap-0.5 sm:flex">
        <IconButton
          icon={Clock}
          label={t('console.timestamps')}
          size="sm"
          aria-pressed={hasTimes}
          className="aria-pressed:bg-active aria-pressed:text-text"
          onClick={toggleTimes}
        />
        <IconButton icon={Copy} label={t('console.copyAll')} size="sm" onClick={() => void copy()} />
        <IconButton icon={Download} label={t('console.download')} size="sm" onClick={save} />
      </span>
      <Menu trigger={<IconButton icon={Ellipsis} label={t('console.more')} size="sm" />}>
        <MenuCheckbox checked={hasTimes} onCheckedChange={toggleTimes}>
          {t('console.timestamps')}
        </MenuCheckbox>
        <MenuSeparator />
        <MenuItem icon={Copy} onClick={() => void copy()}>
          {t('console.copyAll')}
        </MenuItem>
        <MenuItem icon={Download} onClick={save}>
          {t('console.download')}
        </MenuItem>
        <MenuItem
          icon={Eraser}
          onClick={() => {
            screen?.clear()
            toast({ title: t('console.cleared') })
          }}
        >
          {t('console.clear')}
        </MenuItem>
        <MenuSeparator />
        <MenuItem icon={AArrowUp} disabled={at === fontSizes.length - 1} onClick={() => resize(1)}>
          {t('console.fontLarger')}
        </MenuItem>
        <MenuItem icon={AArrowDown} disabled={at === 0} onClick={() => resize(-1)}>
          {t('console.fontSmaller')}
        </MenuItem>
      </Menu>
      <IconButton
        icon={isFull ? Minimize2 : Maximize2}
        label={isFull ? t('console.leaveFullScreen') : t('console.fullScreen')}
        size="sm"
        onClick={() => onFull(!isFull)}
      />
    </div>
  )
}
