export const join = (folder: string, name: string): string => (folder === '/' ? `/${name}` : `${folder}/${name}`)

/** The folder above, or undefined at the top of what is allowed. */
export function above(path: string, roots: readonly string[]): string | undefined {
  if (path === '' || roots.includes(path)) return roots.length > 1 && path !== '' ? '' : undefined
  return path.slice(0, path.lastIndexOf('/')) || '/'
}

const isWithin = (path: string, root: string) => path === root || path.startsWith(root === '/' ? '/' : `${root}/`)
export const rootOf = (path: string, roots: readonly string[]): string | undefined =>
  roots.filter((root) => isWithin(path, root)).toSorted((a, b) => b.length - a.length)[0]

/** The way down to a folder, each step with its path. */
export function steps(path: string, roots: readonly string[]): { name: string; path: string }[] {
  const root = rootOf(path, roots)
  if (root === undefined) return []
  const rest = path.slice(root === '/' ? 1 : root.length + 1)
  let at = root
  return [
    { name: root, path: root },
    ...rest
      .split('/')
      .filter(Boolean)
      .map((name) => ({ name, path: (at = join(at, name)) })),
  ]
}

/** Where a link says that it leads, as a path. */
export function targetOf(folder: string, target: string): string {
  const names: string[] = []
  for (const name of (target.startsWith('/') ? target : join(folder, target)).split('/')) {
    if (name === '..') names.pop()
    else if (name !== '' && name !== '.') names.push(name)
  }
  return `/${names.join('/')}`
}

/** A name that cannot pretend to be another: what has no shape, or turns the writing around, is shown as a sign. */
export const shownName = (name: string): string =>
  name
    // oxlint-disable-next-line no-control-regex -- they are what is shown
    .replace(/[\x00-\x1f]/g, (c) => (c === '\n' ? '\\n' : `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`))
    .replace(/[\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, '\ufffd')
