import { type InstancePermission, instancePermissions } from '#contract/permissions'

const watch: readonly InstancePermission[] = ['instances.view', 'instances.console']
const operate: readonly InstancePermission[] = [...watch, 'instances.command', 'instances.power']
const manage: readonly InstancePermission[] = [...operate, 'instances.update']

/** What people usually want somebody to be able to do with one server; each holds the one before it. */
export const presets = { watch, operate, manage }
export type PresetName = keyof typeof presets
export const presetNames = Object.keys(presets) as PresetName[]

const isSame = (one: readonly string[], other: readonly string[]) =>
  one.length === other.length && one.every((key) => other.includes(key))

/** The preset that says exactly this; undefined for rights that were picked one by one. */
export const presetOf = (permissions: readonly InstancePermission[]): PresetName | undefined =>
  presetNames.find((name) => isSame(presets[name], withView(permissions)))

/** `instances.view` comes with every other right. */
export const withView = (permissions: readonly InstancePermission[]): InstancePermission[] =>
  instancePermissions.filter((key) => key === 'instances.view' || permissions.includes(key))

/** Nobody gives what they do not hold on that server themselves. */
export const mayGive = (permissions: readonly InstancePermission[], held: readonly InstancePermission[]): boolean =>
  permissions.every((key) => held.includes(key))
