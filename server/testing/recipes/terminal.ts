import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { newId } from '#server/ids'
import type { Recipe, Recipes, Setting } from './setting.ts'

const allowing: Recipe = async (it) => {
  const { nodeId } = await it.machine()
  const features = { terminal: true, host_files: null, ssh: null, service: 'none', is_updatable: false }
  it.app.control.database.prepare('update nodes set features = ? where id = ?').run(JSON.stringify(features), nodeId)
  return { params: { id: nodeId } }
}

/** A session that is over, and was recorded. */
async function recorded(it: Setting) {
  const { nodeId } = await it.machine()
  const id = newId()
  const folder = join(it.app.dataDir, 'recordings')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, `${id}.cast`), '{"version":2,"width":80,"height":24}\n')
  it.app.control.database
    .prepare(
      `insert into terminal_sessions (id, organization_id, node_id, kind, user_id, email, login, started_at, ended_at,
        end_reason, recording_file, recording_bytes) values (?, ?, ?, 'terminal', ?, ?, 'root', ?, ?, 'exited', ?, 38)`,
    )
    .run(
      id,
      it.organization_id,
      nodeId,
      it.caller.id,
      it.caller.email,
      new Date().toISOString(),
      new Date().toISOString(),
      `${id}.cast`,
    )
  return { params: { id: nodeId, sessionId: id } }
}

/** Terminals of machines. */
export const terminalRecipes: Recipes = {
  openTerminal: allowing,
  listTerminalSessions: allowing,
  getTerminalRecording: recorded,
  deleteTerminalRecording: recorded,
}
