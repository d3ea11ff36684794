import { CONTAINER, tellInventory } from '#server/testing/fake-inventory'
import type { Recipe, Recipes } from './setting.ts'

const onMachine: Recipe = async (it) => {
  const agent = await it.machine()
  tellInventory(agent)
  return { params: { id: agent.nodeId } }
}
const onContainer: Recipe = async (it) => {
  const { params } = await onMachine(it)
  return { params: { ...params, containerId: CONTAINER } }
}

/** What machines tell of themselves, and what is done there. */
export const inventoryRecipes: Recipes = {
  getInventory: onMachine,
  getInventorySystem: onMachine,
  getInventoryNetwork: onMachine,
  getInventoryDisks: onMachine,
  getInventoryUsers: onMachine,
  getInventoryProcesses: onMachine,
  getInventoryContainers: onMachine,
  killProcess: async (it) => {
    const { params } = await onMachine(it)
    return { params: { ...params, pid: 42 }, body: { started_at: '1000' } }
  },
  getContainerLogs: onContainer,
  startContainer: onContainer,
  stopContainer: onContainer,
  restartContainer: onContainer,
  killContainer: onContainer,
}
