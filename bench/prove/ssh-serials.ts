import { testApp } from '#server/testing/app'
import { unlimitedIssuing } from '#server/testing/issuing'
import { readCertificate } from '#server/testing/ssh-certificate'

export async function proveSshSerials(count: number) {
  await using app = await testApp()
  await app.adminToken()
  const issue = await unlimitedIssuing(app)
  const made = await Promise.all(Array.from({ length: count }, issue))
  const signed = made.map(({ certificate }) => readCertificate(certificate))
  return {
    issued: made.length,
    serials: new Set(made.map(({ serial_number }) => serial_number)).size,
    keyIds: new Set(signed.map(({ keyId }) => keyId)).size,
    zero: signed.filter(({ serial }) => serial === 0n).length,
    asSaid: signed.filter(({ serial }, at) => String(serial) === made[at]?.serial_number).length,
    rows: app.control.database.prepare('select count(*) from ssh_certificates').pluck().get() as number,
  }
}

/** Thousands of SSH certificates issued at once: every serial number is its own, and none is zero. */
async function main() {
  const count = Number(process.argv[2] ?? 10_000)
  const figure = await proveSshSerials(count)
  console.log(figure)
  const isGood = figure.serials === count && figure.keyIds === count && figure.zero === 0 && figure.asSaid === count
  process.exitCode = isGood ? 0 : 1
}
if (import.meta.main) await main()
