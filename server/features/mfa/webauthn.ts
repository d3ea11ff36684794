import {
  type AuthenticationResponseJSON,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'
import { COSEALG, decodeAttestationObject, isoBase64URL } from '@simplewebauthn/server/helpers'
import type { PasskeysTable } from './store.ts'

/** Ed25519, ECDSA on P-256, and RSA for older Windows. */
export const algorithms = [COSEALG.EdDSA, COSEALG.ES256, COSEALG.RS256]

/** What a browser answered; its shape is checked by the library, which throws at whatever it does not expect. */
export type WebAuthnAnswer = Record<string, unknown>
type Expected = { challenge: string; origin: string; rpId: string }

/**
 * We ask for no attestation. A certificate would make the library fetch lists from addresses that the certificate names, so
 * anything but an own signature is refused before it is looked at.
 */
function assertNoCertificate(answer: RegistrationResponseJSON): void {
  const decoded = decodeAttestationObject(isoBase64URL.toBuffer(answer.response.attestationObject))
  const statement = decoded.get('attStmt') as Map<string, unknown>
  const format = decoded.get('fmt')
  if (format !== 'none' && !(format === 'packed' && statement.get('x5c') === undefined)) {
    throw new Error(`The attestation format ${String(format)} was not asked for.`)
  }
}

/** Undefined when the answer does not prove a new passkey. */
export async function readNewPasskey(answer: WebAuthnAnswer, { challenge, origin, rpId }: Expected) {
  const response = answer as unknown as RegistrationResponseJSON
  try {
    assertNoCertificate(response)
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response,
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: rpId,
      requireUserVerification: false,
      supportedAlgorithmIDs: algorithms,
    })
    if (!verified) return undefined
    const { credential, credentialDeviceType } = registrationInfo
    const { transports } = response.response
    return {
      credential_id: credential.id,
      public_key: isoBase64URL.fromBuffer(credential.publicKey),
      counter: credential.counter,
      transports: JSON.stringify(
        Array.isArray(transports) ? transports.filter((name) => /^[a-z-]{1,20}$/.test(String(name))).slice(0, 10) : [],
      ),
      is_synced: credentialDeviceType === 'multiDevice' ? 1 : 0,
    }
  } catch {
    return undefined
  }
}

/** The counter that a passkey signed, or undefined when its answer proves nothing. */
export async function readAssertion(
  answer: WebAuthnAnswer,
  passkey: PasskeysTable,
  { challenge, origin, rpId }: Expected,
  requireUserVerification: boolean,
): Promise<number | undefined> {
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: answer as unknown as AuthenticationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: rpId,
      credential: {
        id: passkey.credential_id,
        publicKey: isoBase64URL.toBuffer(passkey.public_key),
        counter: passkey.counter,
      },
      requireUserVerification,
    })
    return verified ? authenticationInfo.newCounter : undefined
  } catch {
    return undefined
  }
}
