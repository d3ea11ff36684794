import type { Operation } from './operation.ts'
import { Problem } from './problem.ts'

export const downloadCli = {
  method: 'GET',
  url: '/cli/shardlyn.mjs',
  auth: 'public',
  kind: 'stream',
  schema: {
    operationId: 'downloadCli',
    summary: 'The command line as one file, for Node 20 or newer',
    tags: ['cli'],
    response: { 404: Problem },
  },
} as const satisfies Operation
