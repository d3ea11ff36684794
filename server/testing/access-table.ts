import type { Operation } from '#contract/operation'
import { grantablePermissions, ownedPermissions, type Permission, rolePermissions } from '#contract/permissions'

/** Who tries each operation. All but the first two belong to the organization that the operation is about. */
export const identities = [
  ['nobody', 'without a token'],
  ['stranger', 'owner of another organization'],
  ['suspended', 'a suspended member'],
  ['user', 'a member with the role user; nothing it is about is theirs'],
  ['granted', 'the same with the operation’s right granted'],
  ['denied', 'the same with the operation’s right denied'],
  ['admin', 'an administrator of the organization'],
  ['platform', 'a platform administrator, who owns the organization'],
  ['token', 'an API token of that owner whose scopes lack the right'],
] as const
export type Identity = (typeof identities)[number][0]
export type Row = Record<Identity, number | 'open'>

/** What an operation answers when it does what it is for. A socket that may be opened answers 101. */
export function successOf({ kind, schema }: Operation): number {
  if (kind === 'socket') return 101
  if (kind === 'stream') return 200
  return Math.min(...Object.keys(schema.response).map(Number))
}

/** About the caller alone, whoever that is: own sessions, tokens, factors, settings. */
export const isPersonal = ({ auth, permission, url }: Operation): boolean =>
  auth === 'user' && permission === undefined && !url.includes('/:orgId')

/** About one thing of the organization, which an id in the path or the body names. */
const namesForeign = new Set(['createInstance'])
const isAboutOne = ({ url, schema }: Operation) => /\/:\w*[iI]d\b/.test(url) || namesForeign.has(schema.operationId)

/** What a role without grants is answered. */
function byRole(op: Operation, role: 'user' | 'admin'): number {
  const { permission } = op
  if (op.auth === 'admin') return 403
  if (permission === undefined) return successOf(op)
  if (!rolePermissions[role].includes(permission)) return 403
  if (role === 'user' && op.per !== undefined && ownedPermissions.includes(permission)) {
    // Servers of others are not seen at all; workloads are seen, but not changed.
    return op.per === 'instance' ? 404 : 403
  }
  return successOf(op)
}

/** Cells that follow from a rule of the product and not from the contract; each with its reason. */
const rank = 'a member changes only those below: a user nobody, an administrator users, the owner everybody.'
const exceptions: Record<string, { why: string; cells: Partial<Row> }> = {
  revokeCertificate: {
    why: 'one’s own with the right to have them, those of others with `members.update`.',
    cells: { granted: 403 },
  },
  getMemberPermissions: {
    why: 'one’s own are always shown, those of others with `members.view`.',
    cells: { token: 403 },
  },
  removeMember: { why: `leaving needs no right; else ${rank}`, cells: { user: 403, granted: 403, denied: 403 } },
  updateMemberRole: { why: rank, cells: { granted: 403 } },
  setMemberPermission: { why: rank, cells: { granted: 403 } },
  removeMemberPermission: { why: rank, cells: { granted: 403 } },
}

/** What each identity is answered, derived from the contract. */
export function rowOf(op: Operation): Row {
  const done = successOf(op)
  if (op.auth === 'public' || op.auth === 'signature') {
    return Object.fromEntries(identities.map(([name]) => [name, 'open'])) as Row
  }
  if (op.auth === 'agent') return Object.fromEntries(identities.map(([name]) => [name, 401])) as Row
  const user = byRole(op, 'user')
  const isGrantable = op.permission !== undefined && grantablePermissions.includes(op.permission)
  const needsScope =
    op.auth === 'admin' || op.permission !== undefined || op.credential === 'session' || op.scope !== 'any'
  const stranger = op.auth === 'admin' ? 403 : isPersonal(op) || !isAboutOne(op) ? done : 404
  const row: Row = {
    nobody: 401,
    suspended: 401,
    stranger,
    user,
    granted: isGrantable ? done : user,
    denied: isGrantable ? 403 : user,
    admin: byRole(op, 'admin'),
    platform: done,
    token: needsScope ? 403 : done,
  }
  return { ...row, ...exceptions[op.schema.operationId]?.cells }
}

/** What the granted member needs: the right, to see what it is about, and what they share with others. */
export function grantsFor({ permission, per }: Operation): Permission[] {
  if (permission === undefined || !grantablePermissions.includes(permission)) return []
  const sees: Permission[] = per === 'instance' ? ['instances.view'] : []
  const gives: Permission[] = permission === 'instances.access' ? ['instances.console'] : []
  return [...new Set([permission, ...sees, ...gives])]
}

/** The page that people review. */
export function writeAccessTable(operations: readonly Operation[]): string {
  const names = identities.map(([name]) => name)
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`
  const byAddress = (a: Operation, b: Operation) => (`${a.url} ${a.method}` < `${b.url} ${b.method}` ? -1 : 1)
  const rows = operations.toSorted(byAddress).map((op) => {
    const row = rowOf(op)
    return line([op.schema.operationId, `${op.method} ${op.url}`, ...names.map((name) => row[name])])
  })
  const notes = Object.entries(exceptions).map(([id, { why }]) => `- ${id}: ${why}`)
  return [
    '# Who may do what',
    '',
    'Every operation of the contract, and what each of nine callers is answered. Made by `npm run access`, which derives it from the',
    'contract; a test sends every one of these requests and compares. Read it as a reviewer: a row that surprises is a mistake.',
    '',
    ...identities.map(([name, words]) => `- **${name}**: ${words}`),
    '',
    '`open` is for anybody. 404 is for what the caller may not see. 101 is a socket that opens.',
    '',
    ...(notes.length > 0 ? ['Rows that follow from a rule of the product:', '', ...notes, ''] : []),
    line(['operation', 'request', ...names]),
    line(['---', '---', ...names.map(() => '---')]),
    ...rows,
    '',
  ].join('\n')
}
