import type { createRegisterToken } from '#contract/nodes'
import type { JoinAddress } from '#contract/install'
import type { Input } from '#contract/operation'
import type { NodeForm } from './node-form.ts'

/** What is chosen for a machine before it joins. */
export type AddForm = {
  /** Of one of the addresses; empty: the first. */
  url: string
  name: string
  labels: NodeForm['labels']
  terminal: boolean
  files: boolean
  /** One on each line, as it was typed. */
  paths: string
  ssh: boolean
  preferIpv4: boolean
}

export const emptyForm: AddForm = {
  url: '',
  name: '',
  labels: [],
  terminal: false,
  files: false,
  paths: '/srv\n/home',
  ssh: false,
  preferIpv4: false,
}

export const pathsOf = ({ files, paths }: AddForm): string[] =>
  files
    ? paths
        .split('\n')
        .map((path) => path.trim())
        .filter(Boolean)
    : []

export const arePathsUsable = (form: AddForm): boolean => {
  const paths = pathsOf(form)
  return !form.files || (paths.length > 0 && paths.length <= 64 && paths.every((path) => /^\/[^,\0]*$/.test(path)))
}

/** Name and labels travel with the token, so that the command need not say them. */
export const tokenInput = ({ name, labels }: AddForm): Input<typeof createRegisterToken>['body'] => {
  const chosen = Object.fromEntries(labels.filter(({ key }) => key !== '').map(({ key, value }) => [key, value]))
  return {
    ...(name.trim() !== '' && { name: name.trim() }),
    ...(Object.keys(chosen).length > 0 && { labels: chosen }),
  }
}

export const addressOf = (form: AddForm, addresses: readonly JoinAddress[]): JoinAddress | undefined =>
  addresses.find(({ url }) => url === form.url) ?? addresses[0]
