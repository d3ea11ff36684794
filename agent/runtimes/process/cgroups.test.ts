import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { detectCgroups } from './cgroups.ts'

/** A tree of files that looks like control groups; the kernel's own would make the files of a new group by itself. */
function fakeTree(files: Record<string, string>) {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'shardlyn-cgroup-'))
  for (const [name, content] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true })
    fs.writeFileSync(path.join(root, name), content)
  }
  return root
}
const limits = { cpu: 1.5, memory_bytes: 64 * 1024 * 1024, pids: 32 }

test.skipIf(process.platform !== 'linux')(
  'version 2: groups are made under the nearest ancestor that hands controllers down',
  () => {
    const root = fakeTree({
      'cgroup.controllers': 'cpu memory pids',
      'cgroup.subtree_control': 'cpu memory pids',
      'cgroup.procs': '',
      'user/cgroup.subtree_control': 'memory pids',
      'user/cgroup.procs': '',
      'user/app.scope/cgroup.subtree_control': '',
      'user/app.scope/cgroup.procs': '',
      membership: '0::/user/app.scope\n',
    })
    const groups = detectCgroups('shardlyn-test', root, path.join(root, 'membership'))
    const entry = groups.create('server', limits)
    const made = path.join(root, 'user/shardlyn-test/server')
    expect(groups.enforced).toEqual({ memory: true, cpu: false, pids: true })
    expect(entry).toEqual({
      enter: [path.join(made, 'cgroup.procs')],
      leave: [path.join(root, 'user/app.scope/cgroup.procs')],
      oomCounter: path.join(made, 'memory.events'),
    })
    const written = Object.fromEntries(
      fs.readdirSync(made).map((name) => [name, fs.readFileSync(path.join(made, name), 'utf8')]),
    )
    expect(written).toEqual({ 'memory.max': '67108864', 'memory.swap.max': '0', 'pids.max': '32' })
    fs.rmSync(root, { recursive: true })
  },
)

test.skipIf(process.platform !== 'linux')(
  'version 1: every controller that is ours to write gets a group of its own',
  () => {
    const root = fakeTree({
      'memory/own/cgroup.procs': '',
      'cpu/cgroup.procs': '',
      membership: '4:memory:/own\n1:cpu:/\n0::/\n',
    })
    const groups = detectCgroups('shardlyn-test', root, path.join(root, 'membership'))
    const entry = groups.create('server', limits)
    expect(groups.enforced).toEqual({ memory: true, cpu: true, pids: false })
    expect(entry?.leave).toEqual([path.join(root, 'memory/own/cgroup.procs'), path.join(root, 'cpu/cgroup.procs')])
    expect(fs.readFileSync(path.join(root, 'memory/own/shardlyn-test/server/memory.limit_in_bytes'), 'utf8')).toBe(
      '67108864',
    )
    expect(fs.readFileSync(path.join(root, 'cpu/shardlyn-test/server/cpu.cfs_quota_us'), 'utf8')).toBe('150000')
    fs.rmSync(root, { recursive: true })
  },
)

test('where nothing may be written nothing is enforced, and that is said', () => {
  const root = fakeTree({ membership: '0::/x\n' })
  const groups = detectCgroups('shardlyn-test', path.join(root, 'none'), path.join(root, 'membership'))
  expect(groups.enforced).toEqual({ memory: false, cpu: false, pids: false })
  expect(groups.create('server', limits)).toBeNull()
  fs.rmSync(root, { recursive: true })
})
