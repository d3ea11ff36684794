import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from './out.ts'

type Entry = { version?: string; optional?: boolean; optionalDependencies?: Record<string, string> }

// `npm ci` refuses a lockfile that leaves out an optional package, even one of another platform; `npm install` leaves out
// those that its registry does not have yet. A fresh clone could then not be installed.
test('the lockfile names every optional package of every platform', () => {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, Entry>
  }
  const isThere = (from: string, name: string): boolean => {
    if (packages[`${from}${from && '/'}node_modules/${name}`]) return true
    if (from === '') return false
    const up = from.lastIndexOf('/node_modules/')
    return isThere(up === -1 ? '' : from.slice(0, up), name)
  }
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter((name) => !isThere(path, name)),
  )

  expect(missing).toEqual([])
})
