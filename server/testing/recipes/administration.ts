import { updateMailSettings } from '#contract/mail'
import { sendSupportMessage, updateSupportSettings } from '#contract/support'
import { createSystemBackup, getSystemBackupConfig } from '#contract/system'
import { until } from '#server/testing/until'
import { madeId, nothing, type Recipes } from './setting.ts'

const message = { subject: 'Help', message: 'It does not start.' }

/** Mail, logs, support, the control plane's own backup, and what administrators look at. */
export const administrationRecipes: Recipes = {
  getAdminMetrics: nothing,
  listAdminOrganizations: nothing,
  getAdminOrganization: async (it) => ({ params: { id: it.organization_id } }),
  listAuditLogs: nothing,
  exportAuditLogs: nothing,
  getLogSettings: nothing,
  updateLogSettings: async () => ({ body: { audit_retention_days: 30 } }),

  getMailSettings: nothing,
  updateMailSettings: async () => ({ body: { from: 'Casa <casa@example.com>' } }),
  // Nothing listens there, which is told and not an error.
  testMail: async (it) => {
    const body = { enabled: true, host: '127.0.0.1', port: 1, security: 'none', from: 'casa@example.com' }
    await it.app.signedIn(updateMailSettings, { body })
    return { body: { to: 'ana@example.com' } }
  },
  listWaitingLinks: nothing,

  getDiagnostics: nothing,
  sendSupportMessage: async () => ({ body: message }),
  listSupportMessages: nothing,
  deleteSupportMessage: async (it) => ({
    params: { id: madeId(await it.app.signedIn(sendSupportMessage, { body: message })) },
  }),
  getHelpScoutSignature: async (it) => {
    const body = { helpscout_beacon_id: 'beacon', helpscout_secret: 'a secret key' }
    await it.app.signedIn(updateSupportSettings, { body })
    return {}
  },
  getSupportSettings: nothing,
  updateSupportSettings: async () => ({ body: { email: 'help@example.com' } }),

  getSystemBackupConfig: nothing,
  updateSystemBackupConfig: async () => ({ body: { every_hours: 12 } }),
  createSystemBackup: nothing,
  deleteSystemBackup: async (it) => {
    const id = madeId(await it.app.signedIn(createSystemBackup))
    await until(async () => {
      const { backups } = (await it.app.signedIn(getSystemBackupConfig)).json() as {
        backups: { id: string; state: string }[]
      }
      return backups.find((backup) => backup.id === id)?.state === 'done'
    })
    return { params: { id } }
  },
}
