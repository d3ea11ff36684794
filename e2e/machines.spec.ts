import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, type Page, test } from '@playwright/test'
import { createApiToken } from '#contract/api-tokens'
import { getInstance, type Instance, listInstances } from '#contract/instances'
import { updateNetworkSettings } from '#contract/network'
import { type FleetNode, getNode } from '#contract/nodes'
import { freePort } from '#server/testing/free-port'
import { type Machine, machinesMissing } from '#server/testing/machines'
import { eventually } from '#server/testing/scenario'
import { addMachine, lookAtAll, makeHome, untilNode } from './home.ts'
import { collectErrors, forms, lookAt, takeForm } from './look.ts'
import { signIn } from './people.ts'
import { hasOpenTtd } from './openttd.ts'

// The journey of somebody who has more than one computer, on machines with disks, networks, processes and sshd of their own.

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

const rows = (page: Page) => page.locator('.xterm-rows:visible')
const run = (program: string, args: readonly string[], env: NodeJS.ProcessEnv, input = '') =>
  new Promise<string>((resolve, reject) => {
    const child = spawn(program, args, { env: { ...process.env, ...env } })
    let [out, all] = ['', '']
    child.stdout.on('data', (chunk: Buffer) => ((out += chunk.toString()), (all += chunk.toString())))
    child.stderr.on('data', (chunk: Buffer) => (all += chunk.toString()))
    child.on('error', reject)
    child.on('close', (code) =>
      code === 0 ? resolve(out) : reject(new Error(`${program} ended with ${code}:\n${all}`)),
    )
    child.stdin.end(input)
  })

test(`a machine joins by the pasted command, and is entered in every way that it allows${machinesMissing}`, async ({
  page,
}) => {
  test.skip(machinesMissing !== '')
  test.setTimeout(480_000)
  await using home = await makeHome()
  await using attic = await home.lan.machine('attic')
  await attic.startSshd(['ListenAddress=127.0.0.1'])
  await attic.write('/srv/games/readme.txt', 'Read me first.')
  const errors = collectErrors(page)
  await signIn(page, home.url)

  await test.step('the network is let in', async () => {
    await page.goto(`${home.url}/admin?section=network`)
    await page.getByLabel('Port').fill(String(await freePort()))
    await page.getByRole('checkbox').first().click()
    await page.getByRole('button', { name: 'Save' }).click()
    await expect(page.getByText('Reached by the network on port')).toBeVisible()
  })

  await test.step('the pasted command makes it a machine of ours', async () => {
    await page.goto(`${home.url}/machines`)
    await page.getByRole('link', { name: 'Add machine' }).first().click()
    await page.getByRole('combobox', { name: 'Address' }).click()
    await page.getByRole('option', { name: home.lan.gateway }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill('attic')
    for (const name of ['Terminal', 'Files of the machine', 'SSH certificates']) {
      await page.getByRole('checkbox', { name }).click()
    }
    await page.getByRole('textbox', { name: 'Folders' }).fill('/srv/games')
    await page.getByRole('button', { name: 'Make the command' }).click()
    await expect(page.getByText('Waiting for the machine')).toBeVisible()
    await lookAtAll(page, 'journey-waiting')
    const command = (await page.getByText('SHARDLYN_TOKEN').textContent()) ?? ''
    await attic.run('sh', ['-c', command])
    await expect(page.getByText('attic has joined')).toBeVisible({ timeout: 30_000 })
    await lookAtAll(page, 'journey-green')
    await page.getByRole('link', { name: 'Open the machine' }).click()
    await expect(page.getByRole('heading', { name: 'attic' })).toBeVisible()
  })
  const { id } = await untilNode(home.client, 'attic', ({ features }) => features.ssh?.trusts_ca ?? false)
  const open = async (tab: string) => page.goto(`${home.url}/machines/${id}?tab=${tab}`)

  await test.step('a terminal', async () => {
    await open('terminal')
    await page.getByRole('button', { name: 'Open a terminal' }).click()
    await expect(rows(page)).toContainText('#')
    await page.keyboard.type('echo "this is $(hostname)"\n')
    await expect(rows(page)).toContainText('this is attic')
    await page.reload()
    await expect(rows(page)).toContainText('this is attic')
    await lookAtAll(page, 'journey-terminal')
  })

  await test.step('SSH in the page', async () => {
    await open('ssh')
    await expect(page.getByRole('region', { name: 'Host keys' }).getByText('SHA256:').first()).toBeVisible()
    await lookAtAll(page, 'journey-ssh')
    await page.getByRole('button', { name: 'Open SSH' }).click()
    await expect(rows(page)).toContainText('#')
    await page.keyboard.type('echo "by ssh on $(hostname)"\n')
    await expect(rows(page)).toContainText('by ssh on attic')
    await lookAtAll(page, 'journey-ssh-shell')
  })

  await test.step('what it is and what it holds', async () => {
    await open('inventory')
    await page.getByRole('searchbox', { name: 'Search processes' }).fill('sshd')
    await expect(page.getByRole('row').filter({ hasText: '127.0.0.1' }).first()).toBeVisible()
    await lookAtAll(page, 'journey-inventory')
    await open('inventory&section=system')
    await expect(page.getByRole('region', { name: 'System' }).getByText('attic', { exact: true })).toBeVisible()
    await open('files')
    await expect(page.getByText('readme.txt')).toBeVisible()
    await lookAtAll(page, 'journey-files')
    for (const tab of ['overview', 'servers', 'containers', 'settings']) {
      await open(tab)
      await lookAtAll(page, `journey-${tab}`)
    }
    await takeForm(page, forms[2])
    await expect(page.getByRole('tab', { name: 'Settings' })).toBeInViewport({ ratio: 1 })
    await takeForm(page, forms[0])
  })

  await test.step('one’s own OpenSSH', async () => {
    const folder = join(home.dataDir, 'person')
    mkdirSync(folder)
    const { token } = await home.client.call(createApiToken, {
      body: { name: 'laptop', scopes: ['nodes.view', 'nodes.ssh.login', 'nodes.ssh.root'] },
    })
    const program = join(import.meta.dirname, '..', 'out', 'cli', 'shardlyn.mjs')
    const env = { SHARDLYN_CONFIG_DIR: join(folder, 'config') }
    const cli = (args: string[], input = '') => run(process.execPath, [program, ...args], env, input)
    await cli(['login', home.url], token)
    expect(await cli(['ssh', 'attic', '-l', 'root', '--', 'hostname'])).toBe('attic\n')

    const config = join(folder, 'ssh_config')
    writeFileSync(config, await cli(['ssh-config', '-l', 'root']))
    const bytes = randomBytes(8 * 1024 * 1024)
    writeFileSync(join(folder, 'there.bin'), bytes)
    const scp = (from: string, to: string) => run('scp', ['-q', '-F', config, from, to], env)
    await scp(join(folder, 'there.bin'), 'attic.shardlyn:/srv/games/there.bin')
    expect((await attic.run('sha256sum', ['/srv/games/there.bin'])).split(' ')[0]).toBe(sha256(bytes))
    await scp('attic.shardlyn:/srv/games/there.bin', join(folder, 'back.bin'))
    expect(sha256(readFileSync(join(folder, 'back.bin')))).toBe(sha256(bytes))
  })
  expect(errors).toEqual([])
})

/** Where an agent that was installed keeps its servers. */
const INSTANCES = '/var/lib/shardlyn-agent/instances'
const sumOf = async (machine: Machine, id: string, file: string) =>
  (await machine.run('sha256sum', [`${INSTANCES}/${id}/data/${file}`])).split(' ')[0]
const startOf = (machine: Machine, pid: number | null) => machine.run('ps', ['-o', 'lstart=,args=', '-p', String(pid)])

test(`a running game moves to another machine with its map, is sent back, and outlives a pulled plug${machinesMissing}`, async ({
  page,
}) => {
  test.skip(machinesMissing !== '')
  test.skip(!hasOpenTtd(), 'OpenTTD is not installed')
  test.setTimeout(480_000)
  await using home = await makeHome()
  await using attic = await home.lan.machine('attic')
  await using cellar = await home.lan.machine('cellar')
  await home.client.call(updateNetworkSettings, { body: { is_enabled: true, port: await freePort() } })
  const atticNode = await addMachine(home, attic)
  const cellarNode = await addMachine(home, cellar)
  const errors = collectErrors(page)
  await signIn(page, home.url)
  const line = async (text: string) => {
    await page.getByRole('textbox', { name: 'Command' }).fill(text)
    await page.keyboard.press('Enter')
  }
  const output = page.locator('.xterm-rows')
  const seedSaid = async () => {
    await line('getseed')
    await expect(output).toContainText(/Generation Seed: \d+/)
    return /Generation Seed: (\d+)/.exec((await output.textContent()) ?? '')?.[1]
  }

  let seed: string | undefined
  await test.step('OpenTTD runs on attic', async () => {
    await page.goto(`${home.url}/deploy?template=openttd-native&node=${atticNode.id}`)
    await page.getByRole('button', { name: 'Deploy', exact: true }).click()
    await expect(output).toContainText('Map generated', { timeout: 60_000 })
    await expect(page.getByText('Running').first()).toBeVisible()
    seed = await seedSaid()
    await line('save the-map')
    await expect(output).toContainText('the-map.sav')
  })
  const [game] = (await home.client.call(listInstances, { query: {} })).items
  if (!game) throw new Error('There is no server.')
  const { id } = game
  const now = () => home.client.call(getInstance, { params: { id } })
  const isOn = (node: FleetNode) => eventually(now, at(node), `the game to run on ${node.name}`, 90_000)
  const at = (node: FleetNode) => (instance: Instance) => instance.node_id === node.id && instance.state === 'running'
  const map = await sumOf(attic, id, 'save/the-map.sav')
  // So that it is seen on its way.
  await attic.run('dd', [
    'if=/dev/urandom',
    `of=${INSTANCES}/${id}/data/world.bin`,
    'bs=1M',
    'count=200',
    'status=none',
  ])
  const world = await sumOf(attic, id, 'world.bin')

  await test.step('it moves to cellar while it runs', async () => {
    await page.goto(`${home.url}/servers/${id}?tab=settings`)
    await page.getByRole('button', { name: 'Move…' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('combobox').click()
    await page.getByRole('option', { name: 'cellar' }).click()
    await lookAtAll(page, 'journey-move')
    await dialog.getByRole('button', { name: 'Move', exact: true }).click()
    await page.goto(`${home.url}/moves`)
    await expect(page.getByRole('progressbar')).toBeVisible()
    await lookAt(page, 'journey-moves', forms[0])
    await isOn(cellarNode)
    await expect(page.getByRole('listitem').getByText('Done')).toBeVisible()
    await lookAtAll(page, 'journey-moved')
    expect(await sumOf(cellar, id, 'save/the-map.sav')).toBe(map)
    expect(await sumOf(cellar, id, 'world.bin')).toBe(world)
    await eventually(
      () => attic.run('ls', [INSTANCES]),
      (left) => left.trim() === '',
      'attic to have nothing left',
    )
    expect(await attic.run('ps', ['axo', 'args'])).not.toContain('openttd')
    await page.goto(`${home.url}/servers/${id}?tab=settings`)
    await expect(page.getByRole('link', { name: 'cellar', exact: true })).toBeVisible()
    await page.getByRole('tab', { name: 'Console' }).click()
    expect(await seedSaid()).toBe(seed)
  })

  await test.step('cellar is emptied', async () => {
    await page.goto(`${home.url}/machines/${cellarNode.id}`)
    await page.getByRole('button', { name: 'Actions for cellar' }).click()
    await page.getByRole('menuitem', { name: 'Empty this machine…' }).click()
    const dialog = page.getByRole('dialog')
    await expect(dialog.getByRole('listitem')).toContainText(['attic'])
    await lookAtAll(page, 'journey-drain')
    await dialog.getByRole('button', { name: 'Empty the machine' }).click()
    await isOn(atticNode)
    expect(await sumOf(attic, id, 'save/the-map.sav')).toBe(map)
    await lookAtAll(page, 'journey-drained')
  })

  await test.step('attic is cut off, and comes back with its game running all along', async () => {
    const { pid } = await now()
    const started = await startOf(attic, pid)
    await page.goto(`${home.url}/servers/${id}`)
    await expect(page.getByText('Running').first()).toBeVisible()
    attic.unplug()
    // Nothing says goodbye: first it is silent, and what is shown says as of when it is.
    await expect(page.getByText(/Machine attic is not reachable since/)).toBeVisible({ timeout: 60_000 })
    await lookAtAll(page, 'journey-silent')
    // When three pings stay unanswered it is gone.
    await expect(page.getByText('Unknown').first()).toBeVisible({ timeout: 120_000 })
    await lookAtAll(page, 'journey-unknown')
    await page.goto(`${home.url}/machines`)
    await expect(page.getByRole('row').filter({ hasText: 'attic' })).toContainText('Offline')
    attic.plug()
    await expect(page.getByRole('row').filter({ hasText: 'attic' })).toContainText('Healthy', { timeout: 60_000 })
    expect((await isOn(atticNode)).pid).toBe(pid)
    expect(await startOf(attic, pid)).toBe(started)
  })

  await test.step('cellar’s agent is removed', async () => {
    await cellar.run('/opt/shardlyn-agent/current/install.sh', ['--uninstall', '--purge'])
    expect(await cellar.run('ps', ['axo', 'args'])).not.toMatch(/shardlyn-agent|openttd/)
    expect(await cellar.run('ls', ['/opt', '/var/lib', '/etc/init.d'])).not.toContain('shardlyn-agent')
    await eventually(
      () => home.client.call(getNode, { params: { id: cellarNode.id } }),
      ({ state }) => state === 'offline',
      'cellar to be offline',
      60_000,
    )
  })
  expect(errors).toEqual([])
})
