import { nothing, type Recipes } from './setting.ts'

/** How other machines reach the control plane. */
export const networkRecipes: Recipes = {
  getNetworkSettings: nothing,
  // Stays off: no port of the machine that runs the tests is opened.
  updateNetworkSettings: async () => ({ body: { port: 7482 } }),
  getInstallOptions: nothing,
}
