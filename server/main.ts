import { readConfig, ConfigError } from './config.ts'
import { NewerSchemaError } from './db/migrate.ts'
import { findPlaces } from './places.ts'
import { startServer } from './start.ts'

/** The headless entry. Prints the address, and the set-up code while no administrator exists. */
async function main() {
  const server = await startServer(readConfig(process.argv.slice(2), process.env, findPlaces(import.meta.url)))
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
  const isExpected = error instanceof ConfigError || error instanceof NewerSchemaError
  const busy = (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
  const said = busy
    ? 'The port is already in use. Is Shardlyn already running? Choose another with --port.'
    : isExpected
      ? error.message
      : error
  process.stderr.write(`${said instanceof Error ? (said.stack ?? said.message) : String(said)}\n`)
  process.exit(1)
})
