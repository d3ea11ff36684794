import { CopyButton } from '../../components/ui/copy-button.tsx'

/** A command to be copied whole. */
export function CommandBox({ text, copy }: { text: string; copy: string }) {
  return (
    <div className="flex items-start gap-2 rounded-md border border-border bg-sunken py-1.5 pr-1.5 pl-3">
      <code
        // The end of a long command is reached by keyboard too.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        className="max-h-48 min-w-0 flex-1 overflow-y-auto py-1 font-mono text-sm break-all whitespace-pre-wrap select-all"
      >
        {text}
      </code>
      <CopyButton text={text} label={copy} />
    </div>
  )
}
