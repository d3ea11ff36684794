// npm run package [-- --dir]: builds an installable app for this platform into dist/.
import { parseArgs } from 'node:util'
import { build } from 'electron-builder'
import { bundleAgent } from './agent-bundle.ts'
import { builderConfig } from './electron-builder.ts'
import { ensureBuilt, root } from './out.ts'
import { packReleases } from './releases.ts'

const { values } = parseArgs({
  options: {
    dir: { type: 'boolean', default: false },
    output: { type: 'string', default: 'dist' },
    /** A folder with an Electron that is not to be downloaded. */
    'electron-dist': { type: 'string' },
  },
})

await ensureBuilt()
await bundleAgent()
await packReleases()
const { 'electron-dist': electronDist, output, dir } = values
const results = await build({
  projectDir: root,
  dir,
  publish: 'never',
  config: {
    ...builderConfig,
    directories: { ...builderConfig.directories, output },
    ...(electronDist && { electronDist }),
  },
})
for (const path of results) console.log(path)
