import { CopyButton } from '../../components/ui/copy-button.tsx'

/** Text to be used elsewhere, with a button that copies it. */
export function Copyable({ label, text, copy }: { label?: string; text: string; copy: string }) {
  return (
    <div className="min-w-0">
      {label && <p className="mb-1 font-medium">{label}</p>}
      <div className="flex items-start gap-2 rounded-md border border-border bg-sunken py-1.5 pr-1.5 pl-3">
        <code className="min-w-0 flex-1 py-1 font-mono text-sm break-all whitespace-pre-wrap select-all">{text}</code>
        <CopyButton text={text} label={copy} />
      </div>
    </div>
  )
}
