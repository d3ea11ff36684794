// npm run bench: builds, then measures. Arguments choose what.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ensureBuilt, root } from './out.ts'

await ensureBuilt()
const main = join(root, 'bench', 'main.ts')
process.argv.splice(1, 1, main)
await import(pathToFileURL(main).href)
