import type { Letter } from './words.ts'

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escape = (text: string) => text.replace(/[&<>"']/g, (character) => entities[character] ?? '')

export function toText({ before, link, quote, after = [], footer }: Letter): string {
  const parts = [...before, ...(link === null ? [] : [link]), ...(quote === null ? [] : [quote]), ...after]
  return `${parts.join('\n\n')}\n\n-- \n${footer}\n`
}

const paragraph = (text: string, style = '') => `<p style="margin:0 0 16px;${style}">${escape(text)}</p>`
const small = 'font-size:13px;color:#52525b;'

const button = (link: string, label: string) =>
  `<p style="margin:0 0 16px"><a href="${escape(link)}" style="display:inline-block;padding:12px 20px;border-radius:6px;background:#1d4ed8;color:#ffffff;text-decoration:none;font-weight:600">${escape(label)}</a></p>`

/** One column of text that needs nothing from elsewhere: no pictures, no fonts, no style sheet. */
export function toHtml(letter: Letter): string {
  const { subject, language, before, link, button: label, alsoAsText, quote, after = [], footer } = letter
  const body = [
    ...before.map((text) => paragraph(text)),
    ...(link !== null && label !== undefined
      ? [button(link, label), paragraph(alsoAsText, small), paragraph(link, `${small}word-break:break-all;`)]
      : []),
    ...(quote === null
      ? []
      : [
          `<pre style="margin:0 0 16px;white-space:pre-wrap;overflow-wrap:anywhere;font-family:ui-monospace,monospace;font-size:13px">${escape(quote)}</pre>`,
        ]),
    ...after.map((text) => paragraph(text)),
    `<p style="margin:24px 0 0;padding-top:16px;border-top:1px solid #d4d4d8;${small}">${escape(footer)}</p>`,
  ]
  return `<!DOCTYPE html>
<html lang="${language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(subject)}</title></head>
<body style="margin:0;padding:24px;background:#ffffff;color:#18181b;font-family:system-ui,sans-serif;font-size:16px;line-height:1.5">
<div role="article" lang="${language}" style="max-width:560px;margin:0 auto">
${body.join('\n')}
</div>
</body>
</html>
`
}
