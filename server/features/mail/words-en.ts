import type { Wording } from './words.ts'

const factors = {
  totp_added: 'an authenticator app was added',
  passkey_added: 'a passkey was added',
  factors_removed: 'a second factor was removed',
  recovery_code_used: 'a recovery code was used to sign in',
}
const notYou = 'If it was not you, choose a new password at once and tell your administrator.'

export const english: Wording = {
  alsoAsText: 'If the button does not work, open this address:',
  footer: (site) => `Sent by ${site}. Nobody reads answers to this mail.`,
  password_reset: (site, { minutes, ip }) => ({
    subject: `Choose a new password for ${site}`,
    before: [
      `Somebody asked for a new password for your account at ${site}. The request came from ${ip}.`,
      `If it was you, choose one now. The link works once, within ${minutes} minutes.`,
    ],
    button: 'Choose a new password',
    after: ['If it was not you, there is nothing to do: your password stays as it is.'],
  }),
  password_changed: (site, { ip }) => ({
    subject: `Your password for ${site} was changed`,
    before: [`The password of your account at ${site} was changed from ${ip}. Other devices were signed out.`, notYou],
  }),
  invite: (site, { organization, invited_by, days }) => ({
    subject: `You are invited to ${organization}`,
    before: [
      `${invited_by} invites you to the organization ${organization} at ${site}.`,
      `The invitation works once, within ${days === 1 ? 'a day' : `${days} days`}.`,
    ],
    button: 'Accept the invitation',
    after: ['If you do not know who this is, leave this mail alone.'],
  }),
  factor_changed: (site, { what, ip }) => ({
    subject: `Your account at ${site}: ${factors[what]}`,
    before: [`At your account at ${site} ${factors[what]}, from ${ip}.`, notYou],
  }),
  support: (site, { from, subject }) => ({
    subject: `Support: ${subject}`,
    before: [`${from} wrote a support message at ${site}.`],
  }),
  test: (site) => ({
    subject: `Test mail from ${site}`,
    before: [`This is a test. ${site} can send mail.`],
  }),
}
