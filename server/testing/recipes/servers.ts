import { stopInstance } from '#contract/instances'
import { until } from '#server/testing/until'
import { nothing, type Recipe, type Recipes } from './setting.ts'

const document = (name: string) => ({
  apiVersion: 'shardlyn/v1',
  kind: 'Workload',
  metadata: { name },
  spec: { image: 'nginx' },
})
const onMachine: Recipe = async (it) => ({ params: { id: (await it.machine()).nodeId } })
const onWorkload: Recipe = async (it) => ({ params: { id: await it.workload() } })
const onServer: Recipe = async (it) => ({ params: { id: await it.server() } })
const history = { query: { range: '1h' } }

/** Machines, workloads, servers and their consoles. */
export const serverRecipes: Recipes = {
  listActivity: nothing,
  listTasks: nothing,
  openEvents: nothing,
  createSocketTicket: async () => ({ body: { path: '/v1/events' } }),

  listNodes: nothing,
  getNode: onMachine,
  createRegisterToken: async () => ({ body: { name: 'new' } }),
  updateNode: async (it) => ({ ...(await onMachine(it)), body: { name: 'renamed' } }),
  deleteNode: onMachine,
  getNodeMetricsHistory: async (it) => ({ ...(await onMachine(it)), ...history }),
  getMetrics: nothing,
  getNodeMetrics: async (it) => {
    const { nodeId, answers } = await it.machine()
    answers.set('GET /metrics', () => ({ status: 200, json: {} }))
    return { params: { id: nodeId } }
  },
  getTunnelStats: nothing,
  listTunnelAgents: nothing,

  listTemplates: nothing,
  listTemplatesByCategory: async () => ({ params: { category: 'games' } }),
  listWorkloads: nothing,
  getWorkload: onWorkload,
  exportWorkload: onWorkload,
  createWorkload: async () => ({ body: { document: document('Web') } }),
  createWorkloadFromTemplate: async () => ({ body: { template_id: 'nginx' } }),
  updateWorkload: async (it) => ({ ...(await onWorkload(it)), body: { document: document('Renamed') } }),
  deleteWorkload: onWorkload,

  listInstances: nothing,
  getInstance: onServer,
  createInstance: async (it) => ({
    body: { workload_id: await it.workload(), node_id: (await it.machine()).nodeId },
  }),
  updateInstance: async (it) => ({ ...(await onServer(it)), body: { name: 'renamed' } }),
  deleteInstance: async (it) => ({ ...(await onServer(it)), query: { data: 'delete' } }),
  startInstance: async (it) => {
    const input = await onServer(it)
    await it.app.signedIn(stopInstance, input)
    await until(async () => (await it.stateOf(String(input.params?.['id']))) === 'stopped')
    return input
  },
  stopInstance: onServer,
  restartInstance: onServer,
  killInstance: onServer,
  getInstanceStats: onServer,
  getInstanceMetricsHistory: async (it) => ({ ...(await onServer(it)), ...history }),

  openConsole: onServer,
  openLogs: onServer,
  getLogHistory: onServer,
  getInstallLogs: onServer,
  downloadLogs: onServer,
  clearLogs: onServer,
}
