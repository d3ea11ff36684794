import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, type Page, test } from '@playwright/test'
import { bootstrap, getMe, login } from '#contract/auth'
import { beginPasskey, beginPasskeySignIn, createPasskey, getMfaStatus, passkeySignIn } from '#contract/mfa'
import type { Operation } from '#contract/operation'
import { startServerProcess } from '#server/testing/process'

// What a browser itself makes of our options, and what it sends back: below the pages, which have tests of their own.
test.use({ bypassCSP: true })

const person = { email: 'ana@example.com', password: 'a sound passphrase' }

function createCaller(page: Page) {
  return async (op: Operation, body?: object, token?: string) =>
    page.evaluate(
      async ({ url, method, body, token }) => {
        const response = await fetch(url, {
          method,
          headers: {
            ...(body && { 'content-type': 'application/json' }),
            ...(token && { authorization: `Bearer ${token}` }),
          },
          ...(body && { body: JSON.stringify(body) }),
        })
        return { status: response.status, json: await response.json() }
      },
      { url: op.url, method: op.method, body, token },
    )
}

/** Hands options to the browser, as the dashboard does, and answers what it made of them. */
const askBrowser = (page: Page, kind: 'create' | 'get', options: object): Promise<object> =>
  page.evaluate(
    async ({ kind, options }) => {
      const credential =
        kind === 'create'
          ? await navigator.credentials.create({
              publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options as never),
            })
          : await navigator.credentials.get({
              publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options as never),
            })
      return (credential as PublicKeyCredential).toJSON() as object
    },
    { kind, options },
  )

test('a passkey of a real browser is kept, signs in alone, and is a second factor', async ({ page }) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'shardlyn-e2e-'))
  const server = await startServerProcess({ dataDir })
  try {
    await page.goto(server.url.replace('127.0.0.1', 'localhost'))
    const devtools = await page.context().newCDPSession(page)
    await devtools.send('WebAuthn.enable')
    await devtools.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    })
    const call = createCaller(page)
    const { json: tokens } = await call(bootstrap, person)
    const creation = (await call(beginPasskey, undefined, tokens.access_token)).json
    const made = await call(
      createPasskey,
      {
        challenge_token: creation.challenge_token,
        name: 'This computer',
        response: await askBrowser(page, 'create', creation.options),
      },
      tokens.access_token,
    )
    expect(made).toMatchObject({ status: 201, json: { name: 'This computer', is_synced: false } })
    expect((await call(getMfaStatus, undefined, tokens.access_token)).json).toMatchObject({
      enabled: true,
      passkeys: 1,
    })

    async function signIn(body: object) {
      const { challenge_token, options } = (await call(beginPasskeySignIn, body)).json
      return call(passkeySignIn, { challenge_token, response: await askBrowser(page, 'get', options) })
    }
    const alone = await signIn({})
    expect(alone.status).toBe(200)
    expect((await call(getMe, undefined, alone.json.access_token)).json.email).toBe(person.email)
    const asked = (await call(login, person)).json
    expect(asked).toMatchObject({ mfa_required: true, methods: ['passkey', 'recovery_code'] })
    expect((await signIn({ challenge_token: asked.challenge_token })).status).toBe(200)
  } finally {
    await server.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
})
