import { t } from '../../lib/i18n.ts'

const phrases = [
  ['Find', 'find'],
  ['Replace', 'replaceWith'],
  ['next', 'next'],
  ['previous', 'previous'],
  ['all', 'all'],
  ['match case', 'matchCase'],
  ['by word', 'byWord'],
  ['regexp', 'regexp'],
  ['replace', 'replace'],
  ['replace all', 'replaceAll'],
  ['close', 'close'],
  ['current match', 'currentMatch'],
  ['replaced $ matches', 'replacedMany'],
  ['replaced match on line $', 'replacedOne'],
  ['on line', 'onLine'],
  ['Go to line', 'goToLine'],
  ['go', 'go'],
  ['Control character', 'control'],
  ['Selection deleted', 'selectionDeleted'],
  ['folded code', 'folded'],
  ['Fold line', 'fold'],
  ['Unfold line', 'unfoldLine'],
  ['unfold', 'unfold'],
  ['to', 'to'],
  ['Folded lines', 'foldedLines'],
  ['Unfolded lines', 'unfoldedLines'],
  ['Completions', 'completions'],
  ['Diagnostics', 'diagnostics'],
  ['No diagnostics', 'noDiagnostics'],
] as const

/** The editor's own few words in the language of the page. */
export const editorPhrases = (): Record<string, string> =>
  Object.fromEntries(phrases.map(([phrase, key]) => [phrase, t(`workloads.phrases.${key}`)]))
