import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { Check } from 'typebox/value'
import { expect, test } from 'vitest'
import { Inventory, InventoryAnswers, inventorySections } from '#contract/inventory'
import { createInventory } from './inventory.ts'
import { mounts, readDisks } from './disks.ts'
import { readNetwork } from './network.ts'
import { createProcessReader } from './processes.ts'
import { readUsers } from './users.ts'

const linux = process.platform === 'linux'
const run = (program: string, ...args: string[]) => execFileSync(program, args, { encoding: 'utf8' })
const lines = (text: string) => text.trim().split('\n')
const nowhere = { owners: () => [], engineSockets: () => ['/no/such/socket'] }

test('each section, and the whole, is as the contract says, also without an engine', async () => {
  const inventory = createInventory(nowhere)
  for (const section of inventorySections) {
    expect([section, Check(InventoryAnswers[section], await inventory.read(section))]).toEqual([section, true])
  }
  const whole = await inventory.whole()
  expect(Check(Inventory, whole)).toBe(true)
  expect([whole.engine, whole.containers, whole.system.engine_version]).toEqual([null, [], null])
})

test.runIf(linux)('processes are those of ps: number, parent, user, state, start and memory', async () => {
  const child = spawn('sleep', ['1000'])
  try {
    const { processes, total } = await createProcessReader(() => [])()
    const own = processes.find(({ pid }) => pid === child.pid)
    const [ppid, user, state, threads, start] = run(
      'ps',
      '-o',
      'ppid=,user=,stat=,nlwp=,lstart=',
      '-p',
      String(child.pid),
    )
      .trim()
      .split(/\s+(?=\S)/, 5)
    expect(own).toMatchObject({
      parent_pid: Number(ppid),
      user,
      state: state?.[0],
      threads: Number(threads),
      name: 'sleep',
      command: 'sleep 1000',
      instance_id: null,
      is_protected: false,
    })
    expect(start).toBeDefined()
    const [lstart] = lines(run('ps', '-o', 'lstart=', '-p', String(child.pid)))
    expect(Math.abs(Date.parse(`${lstart} ${process.env.TZ ?? ''}`) - Date.parse(own?.started ?? ''))).toBeLessThan(
      2000,
    )
    const rss = Number(run('ps', '-o', 'rss=', '-p', String(child.pid)))
    expect(Math.abs((own?.memory_bytes ?? 0) / 1024 - rss)).toBeLessThan(1024)
    expect(Math.abs(total - lines(run('ps', '-e', '-o', 'pid=')).length)).toBeLessThan(60)
    for (const pid of [1, process.pid, process.ppid]) {
      expect(processes.find((each) => each.pid === pid)).toMatchObject({ pid, is_protected: true })
    }
  } finally {
    child.kill('SIGKILL')
  }
})

test.runIf(linux)('a process that computes shows a share of a core, one that sleeps none', async () => {
  const busy = spawn(process.execPath, ['-e', 'for (;;);'])
  const idle = spawn('sleep', ['1000'])
  try {
    const read = createProcessReader(() => [])
    await read()
    const { processes } = await read()
    const percent = (pid: number | undefined) => processes.find((each) => each.pid === pid)?.cpu_percent
    expect(percent(busy.pid)).toBeGreaterThan(0)
    expect(percent(idle.pid)).toBe(0)
  } finally {
    busy.kill('SIGKILL')
    idle.kill('SIGKILL')
  }
})

test.runIf(linux)('hostile names and arguments stay on their line, and secrets are stars', async () => {
  const script = `process.title = 'x) S 1 1 (\\u001b[2J\\n'; process.send('up'); setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['-e', script, '--', '--password=hunter2', '\u001b]0;owned\u0007\n\u202e'], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  const quiet = spawn('sleep', ['1000'], { argv0: 'sl\u001b[31mp\n--password=hunter2' })
  try {
    await once(child, 'message')
    const { processes } = await createProcessReader(() => [])()
    for (const each of [child, quiet]) {
      const told = processes.find(({ pid }) => pid === each.pid)
      expect(told?.parent_pid).toBe(process.pid)
      // oxlint-disable-next-line no-control-regex
      expect(`${told?.name}${told?.command}`).not.toMatch(/[\u0000-\u001f\u007f\u202e]|hunter2/)
    }
  } finally {
    child.kill('SIGKILL')
    quiet.kill('SIGKILL')
  }
})

test.runIf(linux)('interfaces are those of ip, with their addresses', () => {
  const shown = JSON.parse(run('ip', '-j', 'addr')) as {
    ifname: string
    address: string
    mtu: number
    operstate: string
    addr_info: { local: string; prefixlen: number }[]
  }[]
  const { interfaces, gateway } = readNetwork()
  const byName = new Map(interfaces.map((each) => [each.name, each]))
  const lasting = shown.filter(({ ifname }) => ifname === 'lo' || ifname.startsWith('eth'))
  expect(lasting.length).toBeGreaterThan(0)
  for (const { ifname, mtu, operstate, addr_info } of lasting) {
    expect(byName.get(ifname)).toMatchObject({ mtu, is_up: operstate === 'UP' || ifname === 'lo' })
    expect([...(byName.get(ifname)?.addresses ?? [])].sort()).toEqual(
      addr_info.map(({ local, prefixlen }) => `${local}/${prefixlen}`).sort(),
    )
  }
  const [route] = JSON.parse(run('ip', '-j', 'route', 'show', 'default')) as { gateway?: string }[]
  expect(gateway).toBe(route?.gateway ?? null)
})

test.runIf(linux)('disks are those of df, with its figures', async () => {
  const disks = await readDisks()
  expect(disks.length).toBeGreaterThan(0)
  const [, row = ''] = lines(run('df', '-B1', '--output=source,target,size,used,avail', '/'))
  const [source, target, size, used, available] = row.split(/\s+/)
  const root = disks.find(({ mount_point }) => mount_point === '/')
  expect(root).toMatchObject({ device: source, mount_point: target, total_bytes: Number(size) })
  // Others write meanwhile.
  expect(Math.abs((root?.used_bytes ?? 0) - Number(used))).toBeLessThan(2 ** 30)
  expect(Math.abs((root?.available_bytes ?? 0) - Number(available))).toBeLessThan(2 ** 30)
})

test('of what is mounted several times only the shortest path is told, and names are unescaped', () => {
  expect(
    mounts([
      '1 0 8:1 / / rw - ext4 /dev/sda1 rw',
      '2 1 8:1 /x /srv/x rw - ext4 /dev/sda1 rw',
      '3 1 8:2 / /mnt/my\\040disk ro,nosuid - xfs /dev/sdb1 rw',
      '4 1 0:5 / /proc rw - proc proc rw',
      '5 1 0:6 / /var/lib/docker/overlay2/a/merged rw - overlay overlay rw',
    ]).map(({ mountPoint, isReadOnly }) => [mountPoint, isReadOnly]),
  ).toEqual([
    ['/', false],
    ['/mnt/my disk', true],
  ])
})

test.runIf(linux)('users are those of getent, with their groups', () => {
  const users = new Map(readUsers().map((user) => [user.name, user]))
  for (const line of lines(run('getent', 'passwd'))) {
    const [name = '', , uid, gid, , home, shell] = line.split(':')
    expect(users.get(name)).toMatchObject({ uid: Number(uid), gid: Number(gid), home, shell })
  }
  expect(users.get('root')?.groups).toEqual(run('id', '-Gn', 'root').trim().split(' '))
  expect([users.get('root')?.can_log_in, users.get('nobody')?.can_log_in]).toEqual([true, false])
})

test.runIf(linux)('of thousands of processes those that use most are listed, and all are counted', async () => {
  const many = spawn('sh', ['-c', 'i=0; while [ $i -lt 2300 ]; do sleep 1000 & i=$((i+1)); done; echo up; wait'], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    await once(many.stdout, 'data')
    const { processes, total } = await createProcessReader(() => [])()
    expect(processes.length).toBe(2000)
    expect(total).toBeGreaterThan(2300)
    expect(processes.some(({ pid }) => pid === process.pid)).toBe(true)
  } finally {
    process.kill(-(many.pid ?? 0), 'SIGKILL')
  }
})
