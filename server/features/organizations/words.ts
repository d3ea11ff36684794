type Count = number | string | bigint
const some = (count: Count, one: string, many = `${one}s`) => `${count} ${Number(count) === 1 ? one : many}`

/** What an organization still has, and what would go with it. */
export const describeHoldings = (
  name: string,
  held: { nodes: Count; instances: Count; workloads: Count; members: Count; tokens: Count },
): string =>
  `${name} still has ${some(held.nodes, 'machine')} and ${some(held.instances, 'server')}. Remove them first. ` +
  `Its ${some(held.workloads, 'workload')}, its invitations and ${some(held.tokens, 'API token')} then go with it, ` +
  `and its ${some(held.members, 'member')} no longer belong to it.`
