import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Page } from '@playwright/test'
import { installCommand } from '#contract/install'
import { getInstallOptions } from '#contract/network'
import { createRegisterToken, type FleetNode, listNodes } from '#contract/nodes'
import { type Machine, makeLan } from '#server/testing/machines'
import { createClient, startServerProcess } from '#server/testing/process'
import { eventually } from '#server/testing/scenario'
import { forms, lookAt, takeForm } from './look.ts'

/** The product as it is installed, without an agent of its own, and a network that has nobody on it yet. */
export async function makeHome() {
  const dataDir = mkdtempSync(join(tmpdir(), 'shardlyn-e2e-'))
  const lan = makeLan()
  const server = await startServerProcess({ dataDir, logFile: join(dataDir, 'server.txt') })
  const client = createClient(server.url)
  await client.signIn()
  return {
    lan,
    client,
    dataDir,
    url: server.url,
    async [Symbol.asyncDispose]() {
      await server.stop()
      await lan[Symbol.asyncDispose]()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
type Home = Awaited<ReturnType<typeof makeHome>>

/** The narrowest, where there is nobody to look at the pictures: what goes wrong is seen there. */
const looked = process.env['SHARDLYN_SHOTS'] ? forms : [forms[2]]

export async function lookAtAll(page: Page, name: string) {
  for (const form of looked) {
    await takeForm(page, form)
    await lookAt(page, name, form)
  }
  await takeForm(page, forms[0])
}

export const untilNode = (client: Home['client'], name: string, wanted: (node: FleetNode) => boolean) =>
  eventually(
    async () => (await client.call(listNodes, { query: {} })).items.find((node) => node.name === name),
    (node) => node !== undefined && wanted(node),
    `${name} to be as wanted`,
    60_000,
  ) as Promise<FleetNode>

/** What the wizard's page does, without the page. */
export async function addMachine(home: Home, machine: Machine): Promise<FleetNode> {
  const { addresses, script_sha256: scriptSha256 } = await home.client.call(getInstallOptions, {})
  const address = addresses.find(({ url }) => url.includes(home.lan.gateway))
  if (!address) throw new Error('The gateway is not among the addresses.')
  const { token } = await home.client.call(createRegisterToken, { body: { name: machine.name } })
  await machine.run('sh', ['-c', installCommand({ address, scriptSha256, token }).linux])
  return untilNode(home.client, machine.name, ({ state }) => state === 'healthy')
}
