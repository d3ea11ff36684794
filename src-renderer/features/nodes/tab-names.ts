/** The parts of a machine's page, in their order. */
export const nodeTabs = [
  'overview',
  'servers',
  'terminal',
  'ssh',
  'inventory',
  'containers',
  'files',
  'settings',
] as const
export type NodeTab = (typeof nodeTabs)[number]
