import { writeFileSync } from 'node:fs'
import { operations } from '#contract/all'
import { openApi } from './openapi.ts'

writeFileSync(new URL('../../docs/openapi.json', import.meta.url), `${JSON.stringify(openApi(operations), null, 2)}\n`)
