import { writeFileSync } from 'node:fs'
import { operations } from '#contract/all'
import { writeAccessTable } from './access-table.ts'

writeFileSync(new URL('../../docs/access.md', import.meta.url), writeAccessTable(operations))
