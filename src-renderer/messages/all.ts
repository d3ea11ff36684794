import { activity } from './activity.ts'
import { auth } from './auth.ts'
import { charts } from './charts.ts'
import { common } from './common.ts'
import { consoleWords } from './console.ts'
import { deploy } from './deploy.ts'
import { instances } from './instances.ts'
import { nodes } from './nodes.ts'
import { overview } from './overview.ts'
import { problems } from './problems.ts'
import { shell } from './shell.ts'
import { states } from './states.ts'
import { templates } from './templates.ts'
import { workloads } from './workloads.ts'

const features = {
  common,
  problems,
  states,
  shell,
  charts,
  activity,
  auth,
  overview,
  nodes,
  instances,
  console: consoleWords,
  templates,
  workloads,
  deploy,
}
type Features = typeof features

/** Every word of the dashboard: `feature.key`. A new feature is one line in the object above. */
export type Catalogue = { [F in keyof Features]: Features[F]['en'] }

const speak = (language: 'en' | 'pt-BR') =>
  Object.fromEntries(Object.entries(features).map(([feature, words]) => [feature, words[language]]))

export const catalogue = { en: speak('en'), 'pt-BR': speak('pt-BR') }
