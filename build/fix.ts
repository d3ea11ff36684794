// npm run fix: mends what the linter and the formatter can mend by themselves. Arguments choose files.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { root } from './out.ts'

const paths = process.argv.slice(2)
const run = (program: string, ...args: string[]) =>
  spawnSync(process.execPath, [join(root, 'node_modules', program), ...args, ...paths], { cwd: root, stdio: 'inherit' })
    .status ?? 1

const lint = run('oxlint/bin/oxlint', '--type-aware', '--fix')
const format = run('oxfmt/bin/oxfmt')
process.exit(lint || format)
