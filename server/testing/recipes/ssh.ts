import { createCaKey, createCertificate } from '#contract/ssh'
import { publicKeyLine } from '#server/testing/ssh-keys'
import { madeId, nothing, type Recipe, type Recipes } from './setting.ts'

const certificate = async () => ({ body: { public_key: publicKeyLine(), principals: ['deploy'] } })
const onCertificate: Recipe = async (it) => ({
  params: { id: madeId(await it.own(createCertificate, await certificate())) },
})

/** The SSH certificate authority. */
export const sshRecipes: Recipes = {
  createCertificate: certificate,
  listCertificates: nothing,
  getCertificate: onCertificate,
  revokeCertificate: async (it) => ({ ...(await onCertificate(it)), body: { reason: 'lost the laptop' } }),
  listCaKeys: nothing,
  createCaKey: nothing,
  rotateCaKey: async (it) => {
    await it.app.signedIn(createCaKey)
    return {}
  },
}
