import type { WorkloadDocument } from '#contract/workload'
import type { Db } from '#server/db/schema'
import type { Seal } from '#server/db/seal'
import { secretValues } from './secrets.ts'
import * as store from './store.ts'

const noNames: ReadonlySet<string> = new Set()

function ofDocument(text: string | null, changed: Record<string, string>): string[] {
  const variables = text === null ? [] : ((JSON.parse(text) as WorkloadDocument).spec.variables ?? [])
  const names = new Set(variables.filter(({ secret }) => secret).map(({ env }) => env))
  const standard = Object.fromEntries(variables.map(({ env, default: value = '' }) => [env, value]))
  return secretValues({ ...standard, ...changed }, names)
}

/**
 * Every secret that this installation keeps, to be taken out of texts that only platform administrators see. Other people's texts
 * are not searched for them: what disappears from a text that somebody chose would tell that it is a secret of somebody else.
 */
export async function knownSecrets(db: Db, seal: Seal): Promise<string[]> {
  const sealed = await store.listSealed(db)
  const opened = sealed.map(({ name, value }) => seal.open(`sealed/${name}/value`, value))
  const environments = await store.listEnvironments(db)
  const given = environments.flatMap(({ env, variables, document }) => [
    ...secretValues(JSON.parse(env) as Record<string, string>, noNames),
    ...ofDocument(document, JSON.parse(variables) as Record<string, string>),
  ])
  return [...new Set([...opened, ...given])].filter((secret) => secret.length >= 4)
}
