import type { WorkloadDocument } from '#contract/workload'

/** The picture of a workload that does not name one, where none is known. */
const DEFAULT_ICON = 'server'

/** What the name of an image tells, the more particular first. */
const byImage: readonly (readonly [part: RegExp, icon: string])[] = [
  [/bedrock/, 'bedrock'],
  [/minecraft|paper|purpur/, 'minecraft'],
  [/openttd/, 'openttd'],
  [/luanti|minetest/, 'luanti'],
  [/valheim/, 'valheim'],
  [/terraria|tshock/, 'terraria'],
  [/factorio/, 'factorio'],
  [/palworld/, 'palworld'],
  [/postgres/, 'postgres'],
  [/mariadb|mysql/, 'mariadb'],
  [/redis|valkey/, 'redis'],
  [/caddy/, 'caddy'],
  [/nginx|httpd/, 'nginx'],
  [/uptime-kuma/, 'uptime-kuma'],
  [/gitea|forgejo/, 'gitea'],
]

/** The icon that the document names, else one worked out from its image. */
export function iconOf({ spec }: WorkloadDocument): string {
  if (spec.icon !== undefined) return spec.icon
  if (spec.runtime === 'process') return 'process'
  const image = spec.image?.toLowerCase() ?? ''
  return byImage.find(([part]) => part.test(image))?.[1] ?? DEFAULT_ICON
}
