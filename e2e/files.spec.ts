import { createHash, randomBytes } from 'node:crypto'
import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { listNodes } from '#contract/nodes'
import { eventually } from '#server/testing/scenario'
import { collectErrors, forms, lookAt, takeForm } from './look.ts'
import { signIn } from './people.ts'
import { expect, type Stack, test } from './stack.ts'

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

const theNode = async (stack: Stack) => {
  const { items } = await eventually(
    () => stack.client.call(listNodes, { query: {} }),
    ({ items }) => items[0]?.state === 'healthy',
    'the machine to be there',
  )
  const [node] = items
  if (!node) throw new Error('There is no machine.')
  return node
}

/** What the owner of the machine does: say it in agent.json, and start the agent again. */
async function allow(stack: Stack, paths: string[]) {
  const folder = join(stack.dataDir, 'agent')
  fs.writeFileSync(join(folder, 'agent.json'), JSON.stringify({ host_files: { paths, writable: true } }))
  const { pid } = JSON.parse(fs.readFileSync(join(folder, 'agent.lock'), 'utf8')) as { pid: number }
  process.kill(pid, 'SIGTERM')
  await eventually(
    () => theNode(stack),
    (node) => node.features.host_files !== null,
    'the machine to tell that its files are open',
  )
}

test('files of a machine are looked through, edited, uploaded and downloaded', async ({ page, stack }) => {
  test.setTimeout(600_000)
  await stack.signIn()
  const { id } = await theNode(stack)
  const folder = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), 'shardlyn-files-')))
  const at = (name: string) => join(folder, name)
  fs.mkdirSync(at('config'))
  fs.writeFileSync(at('config/server.cfg'), 'port = 3979\r\nname = old\r\n', { mode: 0o640 })
  fs.mkdirSync(at('saves'))
  fs.writeFileSync(at('world\u202egpj.exe'), randomBytes(1000))
  fs.writeFileSync(at('two\nlines.txt'), 'a')
  fs.symlinkSync('/etc/passwd', at('outside'))
  fs.symlinkSync('config', at('inside'))
  const bytes = randomBytes(3 * 1024 * 1024)
  const errors = collectErrors(page)
  try {
    await signIn(page, stack.server.url)
    await page.goto(`${stack.server.url}/machines/${id}?tab=files`)
    await expect(page.getByText('The files of this machine are closed')).toBeVisible()
    await takeForm(page, forms[0])
    await lookAt(page, 'files-closed', forms[0])

    await allow(stack, [folder])
    const row = (name: string) => page.getByRole('row').filter({ hasText: name })
    for (const form of forms) {
      await takeForm(page, form)
      await page.goto(`${stack.server.url}/machines/${id}?tab=files`)
      await expect(row('config').first()).toBeVisible()
      await expect(row('two\\nlines.txt')).toBeVisible()
      await lookAt(page, 'files', form)
    }
    await takeForm(page, forms[0])
    await page.goto(`${stack.server.url}/machines/${id}?tab=files`)
    await row('outside').click()
    await expect(page.getByText('This link leads to /etc/passwd')).toBeVisible()

    // By keyboard alone: into the folder, back up, in again, and the file.
    await row('config').first().focus()
    await page.keyboard.press('Enter')
    await expect(row('server.cfg')).toBeVisible()
    await row('server.cfg').focus()
    await page.keyboard.press('Backspace')
    await expect(row('saves')).toBeVisible()
    await row('inside').click()
    await expect(row('server.cfg')).toBeVisible()
    await row('server.cfg').click()

    const editor = page.getByRole('textbox', { name: /^Text of/ })
    await expect(editor).toContainText('name = old')
    await editor.getByText('old').dblclick()
    await page.keyboard.type('new')
    await expect(page.getByText('Not saved yet')).toBeVisible()
    for (const form of forms) {
      await takeForm(page, form)
      await lookAt(page, 'file-editor', form)
    }
    await takeForm(page, forms[0])
    await page.getByRole('button', { name: 'Close', exact: true }).click()
    await expect(page.getByText('Leave without saving?')).toBeVisible()
    await page.getByRole('button', { name: 'Cancel' }).click()
    await editor.focus()
    await page.keyboard.press('Control+s')
    await expect(page.getByText('Not saved yet')).toBeHidden()
    expect(fs.readFileSync(at('config/server.cfg'), 'utf8')).toBe('port = 3979\r\nname = new\r\n')
    expect(fs.statSync(at('config/server.cfg')).mode & 0o777).toBe(0o640)

    // Somebody else is quicker.
    fs.writeFileSync(at('config/server.cfg'), 'port = 1\r\n')
    await editor.getByText('new').dblclick()
    await page.keyboard.type('mine')
    await page.keyboard.press('Control+s')
    await expect(page.getByText('Somebody else changed this file')).toBeVisible()
    await lookAt(page, 'file-conflict', forms[0])
    await page.getByRole('button', { name: 'Keep both' }).click()
    await expect(page.getByText('server.mine.cfg').first()).toBeVisible()
    expect(fs.readFileSync(at('config/server.cfg'), 'utf8')).toBe('port = 1\r\n')
    expect(fs.readFileSync(at('config/server.mine.cfg'), 'utf8')).toBe('port = 3979\r\nname = mine\r\n')

    await page.goto(`${stack.server.url}/machines/${id}?tab=files`)
    await expect(row('saves')).toBeVisible()
    const file = { name: 'map.sav', mimeType: 'application/octet-stream', buffer: bytes }
    await page.locator('input[type=file]').setInputFiles(file)
    await expect(row('map.sav')).toBeVisible()
    expect(sha256(fs.readFileSync(at('map.sav')))).toBe(sha256(bytes))
    await lookAt(page, 'files-uploaded', forms[0])
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download map.sav' }).click(),
    ])
    expect(sha256(fs.readFileSync(await download.path()))).toBe(sha256(bytes))

    await page.locator('input[type=file]').setInputFiles({ ...file, buffer: Buffer.from('smaller') })
    await expect(page.getByText('Replace 1 file?')).toBeVisible()
    expect(sha256(fs.readFileSync(at('map.sav')))).toBe(sha256(bytes))
    await page.getByRole('button', { name: 'Replace', exact: true }).click()
    await expect(row('map.sav')).toContainText('7 B')
    expect(fs.readFileSync(at('map.sav'), 'utf8')).toBe('smaller')

    await row('map.sav').click()
    await expect(editor).toContainText('smaller')
    expect(errors.filter((error) => !error.includes('409'))).toEqual([])
  } finally {
    fs.rmSync(folder, { recursive: true, force: true })
  }
})
