import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Configuration } from 'electron-builder'
import { unneededInApp } from './dependencies.ts'
import { root } from './out.ts'

const platform = process.platform
const arch = process.arch
const isWindows = platform === 'win32'

/** The Node that runs the agent: from the platform's package, else the one we are under. */
function nodeProgram(): string {
  const name = isWindows ? 'node.exe' : 'node'
  const own = join(root, 'node_modules', `node-${isWindows ? 'win' : platform}-${arch}`, 'bin', name)
  return existsSync(own) ? own : process.execPath
}

const { SHARDLYN_UPDATE_URL: updateUrl, SHARDLYN_PUBLISHER: publisher } = process.env

/** What is packed and how. Built for the machine that builds: native parts of other platforms are not installed here. */
export const builderConfig: Configuration = {
  appId: 'app.shardlyn.desktop',
  productName: 'Shardlyn',
  copyright: 'Shardlyn',
  directories: { output: 'dist', buildResources: 'resources/icons' },
  // Native modules speak Node-API and bring their builds.
  npmRebuild: false,
  files: [
    'package.json',
    'out/main/index.js',
    'out/main/chunks/**',
    'out/preload/**',
    'out/renderer/**',
    'out/cli/**',
    '!**/*.{map,ts,mts,cts,tsx,md,markdown,flow,yml,yaml,tsbuildinfo,gyp,c,cc,cpp,h}',
    '!**/node_modules/{*,@*/*}/{test,tests,__tests__,spec,docs,doc,example,examples,benchmark,benchmarks,.github}/**',
    '!**/node_modules/better-sqlite3/{deps,src}/**',
    '!**/node_modules/keytar/{src,script}/**',
    // Headers for compiling what is brought compiled.
    '!**/node_modules/node-addon-api/**',
    '!**/node_modules/better-sqlite3/prebuilds/*',
    `**/node_modules/better-sqlite3/prebuilds/${platform}-${arch}.node`,
    '!**/node_modules/keytar/prebuilds/**',
    `**/node_modules/keytar/prebuilds/${platform}-${arch}/**`,
    ...unneededInApp(root).map((name) => `!**/node_modules/${name}/**`),
  ],
  asar: true,
  asarUnpack: ['**/*.node'],
  extraResources: [
    { from: 'out/agent', to: 'agent', filter: ['**/*'] },
    // Folders of that name are left out unless they are named.
    { from: 'out/agent/node_modules', to: 'agent/node_modules', filter: ['**/*'] },
    // The agent for other machines.
    { from: 'out/releases', to: 'releases', filter: ['*.tar.gz'] },
    { from: nodeProgram(), to: `node/${isWindows ? 'node.exe' : 'node'}` },
    { from: 'resources', to: 'resources', filter: ['**/*', '!icons/*.svg'] },
  ],
  electronFuses: {
    runAsNode: false,
    enableCookieEncryption: true,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    loadBrowserProcessSpecificV8Snapshot: false,
    grantFileProtocolExtraPrivileges: false,
  },
  linux: {
    executableName: 'shardlyn',
    target: ['AppImage', 'deb'],
    icon: 'resources/icons/icon.png',
    category: 'Utility',
    synopsis: 'Run game servers and other self-hosted software from one app.',
    maintainer: 'Shardlyn',
  },
  win: {
    target: ['nsis'],
    icon: 'resources/icons/icon.ico',
    // Without the publisher's name the updater would not check who signed an update.
    ...(publisher && { signtoolOptions: { publisherName: [publisher] } }),
  },
  nsis: { oneClick: false, perMachine: false, allowToChangeInstallationDirectory: true },
  mac: {
    target: ['dmg', 'zip'],
    icon: 'resources/icons/icon.icns',
    category: 'public.app-category.utilities',
    hardenedRuntime: true,
  },
  publish: updateUrl ? { provider: 'generic', url: updateUrl } : null,
}
