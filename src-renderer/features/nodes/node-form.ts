import type { FleetNode, updateNode } from '#contract/nodes'
import type { Input } from '#contract/operation'

/** What the settings of a machine hold while they are edited: text, as it was typed. */
export type NodeForm = {
  name: string
  address: string
  first: string
  last: string
  labels: readonly { key: string; value: string }[]
}
export type NodeFormErrors = { name?: true; address?: true; ports?: true; labels: ('invalid' | 'twice' | undefined)[] }

export const formOf = (node: FleetNode): NodeForm => ({
  name: node.name,
  address: node.address ?? '',
  first: String(node.port_range.start),
  last: String(node.port_range.end),
  labels: Object.entries(node.labels)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([key, value]) => ({ key, value })),
})

const labelKey = /^[a-z0-9]([a-z0-9._/-]{0,61}[a-z0-9])?$/
const isPort = (text: string) => /^\d{4,5}$/.test(text.trim()) && Number(text) >= 1024 && Number(text) <= 65535

/** What is wrong with each label. Wholly empty rows are no mistake: they are dropped. */
export function checkLabels(labels: NodeForm['labels']): NodeFormErrors['labels'] {
  const seen = new Set<string>()
  return labels.map(({ key, value }) => {
    if (key === '' && value === '') return undefined
    if (!labelKey.test(key) || value.length > 63) return 'invalid'
    if (seen.has(key)) return 'twice'
    seen.add(key)
    return undefined
  })
}

/** The contract's own rules, told before the server has to. */
export function checkForm({ name, address, first, last, labels }: NodeForm): NodeFormErrors {
  const length = name.trim().length
  return {
    ...((length < 1 || length > 63) && { name: true }),
    ...(address.trim() !== '' && !/^[A-Za-z0-9.:-]{1,253}$/.test(address.trim()) && { address: true }),
    ...((!isPort(first) || !isPort(last) || Number(first) > Number(last)) && { ports: true }),
    labels: checkLabels(labels),
  }
}

export const isFaultless = ({ name, address, ports, labels }: NodeFormErrors): boolean =>
  !name && !address && !ports && labels.every((fault) => !fault)

const textOf = (labels: Record<string, string>) =>
  JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)))

/** Only what was changed, for fields that are absent stay as they are. */
export function changesOf(form: NodeForm, node: FleetNode): Input<typeof updateNode>['body'] | undefined {
  const before = formOf(node)
  const labels = Object.fromEntries(form.labels.filter(({ key }) => key !== '').map(({ key, value }) => [key, value]))
  const changes = {
    ...(form.name.trim() !== before.name && { name: form.name.trim() }),
    ...(form.address.trim() !== before.address && { address: form.address.trim() || null }),
    ...((form.first.trim() !== before.first || form.last.trim() !== before.last) && {
      port_range: { start: Number(form.first), end: Number(form.last) },
    }),
    ...(textOf(labels) !== textOf(node.labels) && { labels }),
  }
  return Object.keys(changes).length > 0 ? changes : undefined
}
