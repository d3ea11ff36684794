import type { Recipe, Recipes } from './setting.ts'

const facts = { path: '/srv/a', version: '1', size: 1, modified_at: '2026-01-01T00:00:00.000Z', is_writable: true }
const path = '/srv/a'

/** A machine whose owner allows its files. */
const onMachine: Recipe = async (it) => {
  const { nodeId, answers } = await it.machine()
  const features = {
    terminal: false,
    host_files: { paths: ['/srv'], is_writable: true },
    ssh: null,
    service: 'none',
    is_updatable: false,
  }
  it.app.control.database.prepare('update nodes set features = ? where id = ?').run(JSON.stringify(features), nodeId)
  answers.set('GET /files', () => ({ status: 200, json: { path: '/srv', items: [], is_truncated: false } }))
  answers.set('GET /files/content', () => ({ status: 200, json: { ...facts, content: 'a' } }))
  answers.set('PUT /files/content', () => ({ status: 200, json: facts }))
  answers.set('GET /files/download', () => ({ status: 200, json: {} }))
  answers.set('GET /files/upload', () => ({ status: 200, json: { offset: 0 } }))
  answers.set('PUT /files/upload', () => ({ status: 200, json: { offset: 0 } }))
  answers.set('DELETE /files/upload', () => ({ status: 204 }))
  return { params: { id: nodeId }, query: { path } }
}

export const hostFileRecipes: Recipes = {
  listHostFiles: onMachine,
  readHostFile: onMachine,
  writeHostFile: async (it) => ({ params: (await onMachine(it)).params ?? {}, body: { path, content: 'a' } }),
  downloadHostFile: onMachine,
  uploadHostFile: async (it) => ({ params: (await onMachine(it)).params ?? {}, query: { path, size: 0 } }),
  getUploadOffset: onMachine,
  cancelUpload: onMachine,
}
