import { resolve } from 'node:path'
import { RestoreError, restoreBackup } from './backup/restore.ts'
import { type Config, ConfigError, readConfig } from './config.ts'
import { DataInUseError } from './db/data-lock.ts'
import { NewerSchemaError } from './db/migrate.ts'
import { findPlaces } from './places.ts'
import { startServer } from './start.ts'

/** Puts a backup in the place of the data, says what became of it, and ends. */
async function restore({ dataDir }: Config, folder: string) {
  const { made, aside, hasKey } = await restoreBackup(resolve(dataDir), resolve(folder), new Date())
  const lines = [
    `The backup of ${made} is in ${resolve(dataDir)} now.`,
    ...(aside === undefined ? [] : [`What was there before is kept in ${aside}. Delete it when all is well.`]),
    ...(hasKey
      ? []
      : ['The backup holds no key: put your master.key into the data folder before you start the server.']),
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}

/** The headless entry. Prints the address, and the set-up code while no administrator exists. */
async function main() {
  const config = readConfig(process.argv.slice(2), process.env, findPlaces(import.meta.url))
  if (config.restore !== undefined) return restore(config, config.restore)
  const server = await startServer(config)
  process.stdout.write(`Shardlyn is ready at ${server.url}\n`)
  if (server.bootstrapCode) {
    process.stdout.write(
      `Open it to create the administrator. From another machine the set-up code is ${server.bootstrapCode}\n`,
    )
  }
  let closing: Promise<void> | undefined
  const stop = () => {
    closing ??= server.close().then(() => process.exit(0))
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}

main().catch((error: unknown) => {
  const isExpected = [ConfigError, NewerSchemaError, DataInUseError, RestoreError].some((kind) => error instanceof kind)
  const busy = (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
  const said = busy
    ? 'The port is already in use. Is Shardlyn already running? Choose another with --port.'
    : isExpected
      ? (error as Error).message
      : error
  process.stderr.write(`${said instanceof Error ? (said.stack ?? said.message) : String(said)}\n`)
  process.exit(1)
})
