import { inviteMember } from '#contract/invites'
import { setMemberPermission } from '#contract/members'
import { createWorkloadFromTemplate } from '#contract/workloads'
import { deployScript, untilState } from '#server/testing/scenario'
import { collectErrors, forms, lookAt, takeForm } from './look.ts'
import { befriend, chosenOnly, signIn } from './people.ts'
import { expect, test } from './stack.ts'

test('every page is accessible and fits, in light, dark and on a phone', async ({ page, stack }) => {
  test.setTimeout(600_000)
  await stack.signIn()
  const script = `console.log('\\u001b[32mready\\u001b[0m to be looked at'); let n = 0; setInterval(() => console.log('line ' + n++ + ' of a quiet server'), 500)`
  const { node, workload, instance } = await deployScript(stack.client, 'quiet-server', script)
  await untilState(stack.client, instance.id, 'running')
  await stack.client.call(createWorkloadFromTemplate, { body: { template_id: 'redis' } })
  const ana = await befriend(stack.client, 'ana@example.com', { role: 'admin' })
  const bob = await befriend(stack.client, 'bob@example.com', chosenOnly(instance.id))
  const { orgId } = ana
  await stack.client.call(setMemberPermission, {
    params: { orgId, userId: bob.id },
    body: { key: 'audit.view', effect: 'grant' },
  })
  await stack.client.call(inviteMember, { params: { orgId }, body: { email: 'carla@example.com', expires_in: 86_400 } })
  await stack.client.call(inviteMember, { params: { orgId }, body: chosenOnly(instance.id) })
  const pages = {
    overview: '/',
    servers: '/servers',
    console: `/servers/${instance.id}`,
    metrics: `/servers/${instance.id}?tab=metrics`,
    logs: `/servers/${instance.id}?tab=logs`,
    'server-settings': `/servers/${instance.id}?tab=settings`,
    templates: '/templates',
    workloads: '/workloads',
    workload: `/workloads/${workload.id}`,
    deploy: '/deploy?template=openttd-native',
    machines: '/machines',
    machine: `/machines/${node.id}`,
    access: `/servers/${instance.id}?tab=access`,
    members: '/organization',
    invites: '/organization?tab=invites',
    'audit-log': '/organization?tab=audit',
    organization: '/organization?tab=settings',
    member: `/organization/members/${bob.id}`,
  }
  const errors = collectErrors(page)
  await signIn(page, stack.server.url)
  for (const form of forms) {
    await takeForm(page, form)
    for (const [name, path] of Object.entries(pages)) {
      await page.goto(stack.server.url + path)
      await lookAt(page, name, form)
    }
  }
  expect(errors).toEqual([])
})

test('names, log lines and workload texts with markup and escape sequences do no harm', async ({ page, stack }) => {
  await stack.signIn()
  const name = `<img src=x onerror="window.harmed=1">'"&amp;`
  const script = `process.stdout.write('<script>window.harmed=2</script>\\r\\n\\u001b]52;c;aGFybWVk\\u0007\\u001b]0;harmed\\u0007\\u001b]8;;javascript:window.harmed=3\\u0007click\\u001b]8;;\\u0007\\u001b[6n\\u001b[c\\u001bP$q"p\\u001b\\\\end of harm\\n'); process.stdin.on('data', (data) => console.log('typed ' + JSON.stringify(String(data)))); setInterval(() => {}, 1000)`
  const { instance } = await deployScript(stack.client, name, script)
  await untilState(stack.client, instance.id, 'running')
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: stack.server.url })
  await signIn(page, stack.server.url)
  for (const path of ['/', '/servers', `/servers/${instance.id}?tab=logs`, '/workloads', `/servers/${instance.id}`]) {
    await page.goto(stack.server.url + path)
    await expect(page.getByText('onerror').first()).toBeVisible()
  }
  await expect(page.locator('.xterm-rows')).toContainText('end of harm')
  await page.waitForTimeout(500)
  expect(await page.evaluate(() => (window as unknown as { harmed?: number }).harmed)).toBeUndefined()
  expect(await page.title()).not.toContain('harmed\u0007')
  expect(await page.title()).not.toBe('harmed')
  expect(await page.evaluate(() => navigator.clipboard.readText())).not.toContain('harmed')
  // A terminal that answers what output asks of it would type into the server.
  await expect(page.locator('.xterm-rows')).not.toContainText('typed')
})
