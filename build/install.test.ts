import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApiToken } from '#contract/api-tokens'
import { installCommand } from '#contract/install'
import { getInstallOptions, updateNetworkSettings } from '#contract/network'
import { createRegisterToken, listNodes } from '#contract/nodes'
import { machinesMissing, type Machine } from '#server/testing/machines'
import { createClient } from '#server/testing/process'
import { deployScript, eventually, healthyNode, untilState } from '#server/testing/scenario'
import { version } from '#server/version'
import {
  type Bundles,
  type ControlPlane,
  controlPlane,
  install,
  makeBundles,
  makeOlder,
  whereIs,
} from './testing/bundles.ts'

// The script as people run it, on machines with disks, networks and processes of their own. They have no systemd.

let bundles: Bundles
let plane: ControlPlane

const isPossible = machinesMissing === '' && process.arch === 'x64'
beforeAll(async () => {
  if (!isPossible) return
  bundles = await makeBundles()
  plane = await controlPlane(bundles.good)
}, 180_000)
afterAll(async () => {
  await plane?.[Symbol.asyncDispose]()
  bundles?.remove()
})

const newToken = async () => (await plane.client.call(createRegisterToken, { body: {} })).token
const nodes = async () => (await plane.client.call(listNodes, { query: {} })).items
const nodeCalled = (name: string) =>
  eventually(
    async () => (await nodes()).find((node) => node.name === name && node.state === 'healthy'),
    (node) => node !== undefined,
    `${name} to be healthy`,
    60_000,
  )
const refusal = (running: Promise<string>) =>
  running.then(
    () => 'it was not refused',
    (error: Error) => error.message,
  )
const nothingIsThere = async (machine: Machine) =>
  (
    await machine.run('sh', [
      '-c',
      'ls -d /opt/shardlyn-agent/current /opt/shardlyn-agent/versions/* 2>/dev/null || true',
    ])
  ).trim()

describe.skipIf(!isPossible)(`the install script${machinesMissing}`, { timeout: 120_000 }, () => {
  test('a machine joins, as its flags say; run again it stays what it is, and is removed when asked', async () => {
    await using attic = await plane.lan.machine('attic')
    const token = await newToken()
    const env = { SHARDLYN_TOKEN: token }
    const flags = ['--name', "Ana's box", '--label', 'place=the attic', '--enable-terminal']
    const said = await install(plane, attic, flags, { env })
    const node = await nodeCalled("Ana's box")

    expect(said).toContain('This machine has joined')
    expect(node).toMatchObject({
      labels: { place: 'the attic' },
      agent_version: version,
      features: { terminal: true, host_files: null, service: 'supervised', is_updatable: true },
      update_available: null,
    })
    expect(await whereIs(attic, token)).toEqual({ processes: '', files: '' })

    const { instance } = await deployScript(
      { ...plane.client, call: plane.client.call },
      'ticker',
      "setInterval(() => console.log('tick'), 100)",
    )
    const { pid } = await untilState(plane.client, instance.id, 'running', 60_000)

    const again = await install(
      plane,
      attic,
      ['--enable-host-files', '--host-files-allow-paths', '/srv/a b,/var/log'],
      { env, shell: ['busybox', 'sh'] },
    )
    expect(again).toContain('has joined already')
    const changed = await eventually(
      () => nodeCalled("Ana's box"),
      (found) => found?.features.host_files !== null,
      'the new settings',
    )
    expect([changed?.id, changed?.features]).toMatchObject([
      node?.id,
      { terminal: true, host_files: { paths: ['/srv/a b', '/var/log'], is_writable: false } },
    ])
    expect(await untilState(plane.client, instance.id, 'running', 60_000)).toMatchObject({ pid })

    const dryly = await attic.run('/opt/shardlyn-agent/current/install.sh', ['--uninstall', '--dry-run'])
    expect(dryly).toContain('Would remove')
    const removed = await attic.run('/opt/shardlyn-agent/current/install.sh', ['--uninstall'])
    expect(removed).toContain('Left as they are: /var/lib/shardlyn-agent')
    expect(await nothingIsThere(attic)).toBe('')
    expect(await attic.run('ls', ['/var/lib/shardlyn-agent'])).toContain('identity.json')
    // Its server runs on without it.
    await attic.run('sh', ['-c', 'grep -rqF tick /var/lib/shardlyn-agent/instances'])

    // It comes back as the machine that it was, and goes for good.
    const back = await install(plane, attic, [], {})
    expect(back).not.toContain('has joined as')
    await nodeCalled("Ana's box")
    const purged = await attic.run('/opt/shardlyn-agent/current/install.sh', ['--uninstall', '--purge'])
    expect(purged).toContain('1 servers are ended')
    expect(await attic.run('ls', ['/opt', '/var/lib'])).not.toContain('shardlyn-agent')
    expect(await attic.run('ps', ['axo', 'args'])).not.toContain('shardlyn-agent/')
    expect(await attic.run('sh', ['/root/install.sh', '--uninstall'])).toContain('There is no agent here')
  })

  test('the pasted command joins through the control plane’s own key, and an upgrade comes that way too', async () => {
    await using tower = await plane.lan.machine('tower')
    const port = 20_000 + (process.pid % 10_000)
    await plane.client.call(updateNetworkSettings, { body: { is_enabled: true, port } })
    const options = await plane.client.call(getInstallOptions, {})
    const fingerprint = options.addresses.find(({ kind }) => kind === 'network')?.fingerprint ?? null
    expect(fingerprint).not.toBeNull()
    const choice = {
      address: { url: `https://${plane.lan.gateway}:${port}`, kind: 'network' as const, fingerprint },
      scriptSha256: options.script_sha256,
      token: await newToken(),
      name: 'the tower',
      terminal: true,
    }
    const { linux, uninstall } = installCommand(choice)
    const wrongKey = { ...choice.address, fingerprint: 'sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=' }
    await refusal(tower.run('sh', ['-c', installCommand({ ...choice, address: wrongKey }).linux]))
    expect(await nothingIsThere(tower)).toBe('')

    await tower.run('sh', ['-c', linux])
    expect((await nodeCalled('the tower'))?.features).toMatchObject({ terminal: true, service: 'supervised' })
    expect(JSON.parse(await tower.read('/var/lib/shardlyn-agent/server.json'))).toMatchObject({ fingerprint })
    expect(await tower.run('/opt/shardlyn-agent/current/install.sh', ['--upgrade'])).toContain('is here already')
    await tower.run('sh', ['-c', uninstall])
    expect(await nothingIsThere(tower)).toBe('')
  })

  test('under systemd it is a unit that systemd has nothing to say against', async () => {
    await using rack = await plane.lan.machine('rack')
    await rack.run('mkdir', ['-p', '/run/systemd/system'])
    await rack.write('/usr/local/bin/systemctl', '#!/bin/sh\necho "$*" >>/root/asked\n', '0755')
    const flags = ['--token', await newToken(), '--prefix', '/opt/an agent', '--name', 'rack']
    expect(await install(plane, rack, flags)).toContain('It runs as the service shardlyn-agent')
    expect((await rack.read('/root/asked')).split('\n')).toEqual([
      'daemon-reload',
      'enable -q shardlyn-agent.service',
      'restart shardlyn-agent.service',
      '',
    ])
    const unit = '/etc/systemd/system/shardlyn-agent.service'
    expect(await rack.read(unit)).toContain('KillMode=process')
    const verified = await rack.run('sh', [
      '-c',
      'command -v systemd-analyze >/dev/null || exit 0; systemd-analyze verify --man=no "$0" 2>&1',
      unit,
    ])
    expect(verified).not.toMatch(/shardlyn-agent\.service/)
    await rack.run('/opt/an agent/current/install.sh', ['--uninstall', '--prefix', '/opt/an agent'])
    expect(await rack.run('ls', ['/etc/systemd/system', '/opt'])).not.toMatch(/shardlyn-agent|an agent/)
  })

  test('what it set up for sshd goes with it, and sshd is as it was', async () => {
    await using porch = await plane.lan.machine('porch')
    await porch.startSshd()
    const trusted = () => porch.run('sh', ['-c', '/usr/sbin/sshd -T | grep -i ^trustedusercakeys'])
    const before = await trusted()
    await install(plane, porch, ['--name', 'porch', '--token', await newToken(), '--enable-ssh-ca'])
    await eventually(
      () => nodeCalled('porch'),
      (node) => node?.features.ssh?.trusts_ca === true,
      'sshd to trust the CA',
    )
    expect(await trusted()).toContain('shardlyn_ca.pub')
    const removed = await porch.run('/opt/shardlyn-agent/current/install.sh', ['--uninstall'])
    expect(removed).toContain('sshd trusts no certificates of the control plane any more')
    expect(await trusted()).toBe(before)
    expect(await porch.run('find', ['/etc/ssh', '-name', '*shardlyn*'])).toBe('')
    // A second time there is nothing to say of it.
    await install(plane, porch, [], {})
    expect(await porch.run('/opt/shardlyn-agent/current/install.sh', ['--uninstall'])).not.toContain('sshd trusts')
  })

  test('an API token that may make machines is enough, another is not, and neither stays there', async () => {
    await using barn = await plane.lan.machine('barn')
    const tokenOf = async (scopes: ['nodes.create'] | ['nodes.view']) =>
      (await plane.client.call(createApiToken, { body: { name: scopes[0], scopes } })).token
    const wrong = await tokenOf(['nodes.view'])
    const refused = await refusal(install(plane, barn, [], { env: { SHARDLYN_API_TOKEN: wrong } }))
    expect(refused).toContain('nodes.create')

    const token = await tokenOf(['nodes.create'])
    await barn.write('/root/secret', `${token}\n`, '0600')
    await install(plane, barn, ['--api-token-file', '/root/secret', '--name', 'barn'])
    await nodeCalled('barn')
    expect(await whereIs(barn, token)).toEqual({ processes: '', files: '' })
  })

  test('two agents live on one machine', async () => {
    await using twin = await plane.lan.machine('twin')
    for (const name of ['one', 'two']) {
      await install(plane, twin, [
        '--name',
        `twin ${name}`,
        '--service-name',
        `agent-${name}`,
        '--token',
        await newToken(),
      ])
    }
    expect((await nodeCalled('twin one'))?.id).not.toBe((await nodeCalled('twin two'))?.id)
    await twin.run('/opt/agent-one/current/install.sh', ['--uninstall', '--purge', '--service-name', 'agent-one'])
    expect(await twin.run('ps', ['axo', 'args'])).toContain('/opt/agent-two/')
    expect(await twin.run('ls', ['/opt'])).not.toContain('agent-one')
  })

  test('nothing is left of what was refused, and it says why', async () => {
    await using box = await plane.lan.machine('box')
    const env = { SHARDLYN_TOKEN: await newToken() }
    const without = async (...programs: string[]) => {
      const hidden = programs.map((program) => `mount --bind /dev/null "$(command -v ${program})"`).join('; ')
      await box.run('sh', ['-ec', hidden])
      return () =>
        box.run('sh', [
          '-ec',
          programs.map((program) => `umount "$(command -v ${program} || echo /usr/bin/${program})"`).join('; '),
        ])
    }

    expect(await refusal(install(plane, box, []))).toContain('there is no token')
    expect(await refusal(install(plane, box, ['--token', 'not one'], {}))).toContain('used already, or has expired')
    expect(await refusal(install(plane, box, ['--frobnicate'], { env }))).toContain('there is no flag --frobnicate')
    expect(await refusal(install(plane, box, ['--prefix', '/usr'], { env }))).toContain('cannot be')
    expect(await refusal(install(plane, box, ['--host-files-allow-paths', '/srv'], { env }))).toContain(
      '--enable-host-files',
    )
    expect(await refusal(install(plane, box, ['--label', 'Nonsense'], { env }))).toContain('key=value')

    await box.write('/usr/local/bin/uname', '#!/bin/sh\n[ "$1" = -m ] && echo riscv64 || echo Linux\n', '0755')
    expect(await refusal(install(plane, box, [], { env }))).toContain('no agent for riscv64')
    await box.run('rm', ['/usr/local/bin/uname'])

    const back = await without('curl')
    const pinned = ['--fingerprint', 'sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=']
    expect(await refusal(install(plane, box, pinned, { env }))).toMatch(/wget cannot check|has a fingerprint/)
    await back()

    await box.run('sh', ['-ec', 'mkdir -p /small; mount -t tmpfs -o size=60m tmpfs /small'])
    expect(await refusal(install(plane, box, ['--prefix', '/small/agent'], { env }))).toContain('too little room')
    expect(await box.run('sh', ['-c', 'ls -A /small/agent 2>/dev/null || true'])).toBe('')

    expect(await box.run('sh', ['-c', 'ls -A /opt/shardlyn-agent/current 2>/dev/null || true'])).toBe('')
    expect(await box.run('sh', ['-c', 'ls -dA /opt/shardlyn-agent/.fetch* /tmp/shardlyn* 2>/dev/null || true'])).toBe(
      '',
    )
  })

  test('a download that is cut off leaves nothing half installed, and the next one goes on', async () => {
    await using dock = await plane.lan.machine('dock')
    const token = await newToken()
    // The first megabyte of the bundle, then whatever the test wants of the script that waits for it.
    const cutBy = (order: string) =>
      dock.write(
        '/usr/local/bin/curl',
        `#!/bin/sh\ncase "$*" in *.tar.gz*) /usr/bin/curl -r 0-1048575 "$@"; ${order}; exit 18 ;; esac\nexec /usr/bin/curl "$@"\n`,
        '0755',
      )
    const left = () =>
      dock.run('sh', ['-c', 'find /opt/shardlyn-agent /tmp/shardlyn-install.* -mindepth 1 2>/dev/null || true'])
    const running = () => dock.run('sh', ['-c', 'ps axo args | grep "^/opt/shardlyn" || true'])

    await cutBy('kill -TERM $PPID')
    await refusal(install(plane, dock, ['--token', token]))
    expect((await left()).trim()).toBe('/opt/shardlyn-agent/versions')
    // As when the power goes: nobody tidies up, and nothing of it starts.
    await cutBy('kill -KILL $PPID')
    await refusal(install(plane, dock, ['--token', token]))
    expect(await left()).toContain('.tar.gz')
    expect(await nothingIsThere(dock)).toBe('')
    expect(await running()).toBe('')

    await dock.run('rm', ['/usr/local/bin/curl'])
    await install(plane, dock, ['--token', token, '--name', 'dock'])
    await nodeCalled('dock')
    expect(await left()).not.toMatch(/\.fetch-|\.new-|\.tar\.gz/)

    // An upgrade that is cut off leaves the agent that is there.
    await makeOlder(dock, '0.0.1')
    const isOlder = () =>
      eventually(
        () => nodeCalled('dock'),
        (node) => node?.agent_version === '0.0.1',
        'the older agent',
      )
    await isOlder()
    await cutBy('kill -KILL $PPID')
    await refusal(dock.run('/opt/shardlyn-agent/current/install.sh', ['--upgrade']))
    expect(await dock.run('readlink', ['/opt/shardlyn-agent/current'])).toBe('versions/0.0.1\n')
    await isOlder()
  })

  test('a bundle that was tampered with on its way is not unpacked; wget does where curl is missing', async () => {
    await using shed = await plane.lan.machine('shed')
    const evil = mkdtempSync(join(tmpdir(), 'shardlyn-evil-'))
    await using other = await controlPlane(evil)
    const bytes = readFileSync(join(bundles.good, bundles.name))
    writeFileSync(join(evil, bundles.name), bytes)
    const client = createClient(other.url.replace(/\/\/[^:]+/, '//127.0.0.1'))
    await client.signIn()
    const { token } = await client.call(createRegisterToken, { body: {} })
    // Told before it was changed, as somebody in between would change it.
    await fetch(new URL('/v1/agent/releases', other.url))
    await shed.write(
      '/usr/local/bin/curl',
      '#!/bin/sh\n/usr/bin/curl "$@" || exit\nfor last; do [ "$before" = -o ] && out=$last; before=$last; done\ncase $out in *.tar.gz) printf x >>"$out" ;; esac\n',
      '0755',
    )
    expect(await refusal(install(other, shed, ['--token', token]))).toContain('SHA-256 differs')
    expect(await nothingIsThere(shed)).toBe('')
    await shed.run('sh', ['-ec', 'rm /usr/local/bin/curl; mount --bind /dev/null /usr/bin/curl'])
    // A file that is no program is as good as none.
    await shed.run('sh', ['-ec', '! test -x /usr/bin/curl'])
    await install(other, shed, ['--token', token, '--name', 'shed'])
    expect((await healthyNode(client, 60_000)).name).toBe('shed')
    rmSync(evil, { recursive: true, force: true })
  })
})
