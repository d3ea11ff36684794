import type { WorkloadDocument } from './workload.ts'

/** In a workload's annotations: what a machine must bear to run it, such as `disk=ssd, room=attic`. */
export const NODE_LABELS = 'shardlyn.com/node-labels'

const pair = /^([a-z0-9](?:[a-z0-9._/-]{0,61}[a-z0-9])?)=([^,=]{0,63})$/

/** What is wrong with such a list; undefined where nothing is. */
export const nodeLabelsProblem = (text: string): string | undefined =>
  text
    .split(',')
    .map((part) => part.trim())
    .find((part) => !pair.test(part)) === undefined
    ? undefined
    : 'must be a list such as disk=ssd, room=attic'

/** The labels that a machine must bear, with their values. What cannot be read was refused when the workload was saved. */
export function requiredLabels({ metadata }: Pick<WorkloadDocument, 'metadata'>): Record<string, string> {
  const text = metadata.annotations?.[NODE_LABELS] ?? ''
  const found = text.split(',').flatMap((part) => {
    const [, name, value] = pair.exec(part.trim()) ?? []
    return name === undefined || value === undefined ? [] : [[name, value.trim()] as const]
  })
  return Object.fromEntries(found)
}

/** Those of `required` that a machine does not bear, as people write them. */
export const missingLabels = (
  required: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>>,
): string[] =>
  Object.entries(required)
    .filter(([name, value]) => labels[name] !== value)
    .map(([name, value]) => `${name}=${value}`)
