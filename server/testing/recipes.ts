import { administrationRecipes } from './recipes/administration.ts'
import { accountRecipes } from './recipes/accounts.ts'
import { factorRecipes } from './recipes/factors.ts'
import { hostFileRecipes } from './recipes/host-files.ts'
import { installRecipes } from './recipes/install.ts'
import { inventoryRecipes } from './recipes/inventory.ts'
import { migrationRecipes } from './recipes/migrations.ts'
import { networkRecipes } from './recipes/network.ts'
import { organizationRecipes } from './recipes/organizations.ts'
import { serverRecipes } from './recipes/servers.ts'
import { sshRecipes } from './recipes/ssh.ts'
import { terminalRecipes } from './recipes/terminal.ts'
import { sshLoginRecipes } from './recipes/ssh-login.ts'
import type { Recipes } from './recipes/setting.ts'

/** How to make each operation of signed-in people succeed, by its id. */
export const recipes: Recipes = {
  ...accountRecipes,
  ...factorRecipes,
  ...organizationRecipes,
  ...administrationRecipes,
  ...serverRecipes,
  ...hostFileRecipes,
  ...sshRecipes,
  ...installRecipes,
  ...inventoryRecipes,
  ...terminalRecipes,
  ...migrationRecipes,
  ...networkRecipes,
  ...sshLoginRecipes,
}
