import { i18n } from './i18n.ts'

/** What a permission lets one do, in the language of the page; `description` is the server's own, for keys we have no words for. */
export function permissionText(key: string, description: string): string {
  const word = `permissions.keys.${key}`
  return i18n.exists(word) ? i18n.t(word as 'permissions.keys.nodes.view') : description
}

/** What a key is about, by its noun. */
export function permissionGroup(key: string): string {
  const noun = key.split('.', 1)[0] ?? key
  const word = `permissions.nouns.${noun}`
  return i18n.exists(word) ? i18n.t(word as 'permissions.nouns.nodes') : noun
}

/** Keys by their noun, in the order in which they come. */
export function groupPermissions<P extends { key: string }>(items: readonly P[]): [group: string, items: P[]][] {
  const groups = new Map<string, P[]>()
  for (const item of items) {
    const group = permissionGroup(item.key)
    groups.set(group, [...(groups.get(group) ?? []), item])
  }
  return [...groups]
}
