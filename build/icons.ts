// node build/icons.ts: draws the app's icons from their SVG with Chromium. Run it after changing one; the results are committed.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from '@playwright/test'
import { root } from './out.ts'
import { findProgram } from './testing/machine.ts'

const folder = join(root, 'resources', 'icons')
const program = findProgram('chromium')
if (!program) throw new Error('Chromium draws the icons, and there is none here.')
const browser = await chromium.launch({
  executablePath: program,
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
})

async function draw(svg: string, size: number): Promise<Buffer> {
  const page = await browser.newPage({ viewport: { width: size, height: size } })
  const source = readFileSync(join(folder, `${svg}.svg`), 'utf8')
  await page.setContent(`<style>*{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${source}`)
  const picture = await page.screenshot({ omitBackground: true })
  await page.close()
  return picture
}

/** The container of Windows' icons: a directory of PNG pictures. */
function ico(pictures: { size: number; png: Buffer }[]): Buffer {
  const head = Buffer.alloc(6 + 16 * pictures.length)
  head.writeUInt16LE(1, 2)
  head.writeUInt16LE(pictures.length, 4)
  let offset = head.length
  for (const [index, { size, png }] of pictures.entries()) {
    const at = 6 + 16 * index
    // 256 does not fit in a byte and is written as 0.
    head.writeUInt8(size % 256, at)
    head.writeUInt8(size % 256, at + 1)
    head.writeUInt16LE(1, at + 4)
    head.writeUInt16LE(32, at + 6)
    head.writeUInt32LE(png.length, at + 8)
    head.writeUInt32LE(offset, at + 12)
    offset += png.length
  }
  return Buffer.concat([head, ...pictures.map(({ png }) => png)])
}

/** The container of macOS' icons: typed pieces, each a PNG. */
function icns(pictures: { type: string; png: Buffer }[]): Buffer {
  const pieces = pictures.map(({ type, png }) => {
    const head = Buffer.alloc(8)
    head.write(type, 'ascii')
    head.writeUInt32BE(png.length + 8, 4)
    return Buffer.concat([head, png])
  })
  const head = Buffer.alloc(8)
  head.write('icns', 'ascii')
  head.writeUInt32BE(
    pieces.reduce((sum, piece) => sum + piece.length, 8),
    4,
  )
  return Buffer.concat([head, ...pieces])
}

const write = (name: string, content: Buffer) => writeFileSync(join(folder, name), content)
write('icon.png', await draw('icon', 512))
write('tray.png', await draw('tray', 16))
write('tray@2x.png', await draw('tray', 32))
write('trayTemplate.png', await draw('trayTemplate', 16))
write('trayTemplate@2x.png', await draw('trayTemplate', 32))
const sizes = [16, 24, 32, 48, 64, 128, 256]
write('icon.ico', ico(await Promise.all(sizes.map(async (size) => ({ size, png: await draw('icon', size) })))))
const types = [
  ['ic07', 128],
  ['ic08', 256],
  ['ic09', 512],
  ['ic10', 1024],
] as const
write(
  'icon.icns',
  icns(await Promise.all(types.map(async ([type, size]) => ({ type, png: await draw('icon', size) })))),
)
await browser.close()
