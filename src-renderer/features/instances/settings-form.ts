import type { getInstance, updateInstance } from '#contract/instances'
import type { Input, Output } from '#contract/operation'
import { checkForm, formLimits, isSound, type ServerForm, type ServerFormProblems } from '../deploy/deploy-form.ts'

export type Detailed = Output<typeof getInstance>
type Change = Input<typeof updateInstance>['body']

/** A name and value of the environment. A list, for names are typed letter by letter and may be equal meanwhile. */
export type EnvRow = { name: string; value: string }
export type SettingsForm = ServerForm & { env: EnvRow[] }
export type SettingsProblems = ServerFormProblems & { env: Record<number, 'name' | 'twice'> }

/** The settings as they are now. Ports are empty: what is assigned stays assigned. */
export function currentSettings({ name, variables, limits, env, document }: Detailed): SettingsForm {
  return {
    name,
    variables: { ...variables },
    ports: Object.fromEntries((document.spec.ports ?? []).map((port) => [port.name, ''])),
    memoryBytes: limits.memory_bytes,
    cpu: limits.cpu === null ? '' : String(limits.cpu),
    env: Object.entries(env).map(([key, value]) => ({ name: key, value })),
  }
}

export function checkSettings(form: SettingsForm, { document, variables }: Detailed): SettingsProblems {
  const env: SettingsProblems['env'] = {}
  form.env.forEach(({ name }, at) => {
    if (!/^[A-Za-z_][A-Za-z0-9_]{0,100}$/.test(name)) env[at] = 'name'
    else if (form.env.findIndex((other) => other.name === name) < at) env[at] = 'twice'
  })
  const problems = checkForm(form, document)
  // A value that was not touched may be a mask instead of the secret, and is not ours to judge.
  const touched = Object.entries(problems.variables).filter(([name]) => form.variables[name] !== variables[name])
  return { ...problems, variables: Object.fromEntries(touched), env }
}

export const areSound = ({ env, ...others }: SettingsProblems): boolean =>
  Object.keys(env).length === 0 && isSound(others)

const envOf = (rows: readonly EnvRow[]) => Object.fromEntries(rows.map(({ name, value }) => [name, value]))
const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

/** Only what differs from now; undefined where nothing does. */
export function settingsChange(form: SettingsForm, now: Detailed): Change | undefined {
  const ports = Object.entries(form.ports).flatMap(([name, typed]) => {
    const number = Number(typed)
    const assigned = now.ports.find((port) => port.name === name)?.host_port
    return typed.trim() === '' || number === assigned ? [] : [{ name, host_port: number }]
  })
  const limits = formLimits(form)
  // Laid over what is there: what is not sent stays, so a default is sent where somebody goes back to it.
  const variables = Object.fromEntries(
    Object.entries(form.variables).filter(([name, value]) => now.variables[name] !== value),
  )
  const change: Change = {
    ...(form.name.trim() !== now.name && { name: form.name.trim() }),
    ...(ports.length > 0 && { ports }),
    ...(Object.keys(variables).length > 0 && { variables }),
    ...(!isSame(limits, { memory_bytes: now.limits.memory_bytes, cpu: now.limits.cpu }) && { limits }),
    ...(!isSame(envOf(form.env), now.env) && { env: envOf(form.env) }),
  }
  return Object.keys(change).length > 0 ? change : undefined
}
