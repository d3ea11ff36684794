import { renderInApp } from '../../../testing/render.tsx'
import { cleanup, fireEvent, screen } from '@testing-library/react'
import { useState } from 'react'
import { afterEach, expect, test } from 'vitest'
import { editSource, readSource } from '../workload-source.ts'
import { DocumentFormContext } from './document-form.ts'
import { WorkloadForm } from './workload-form.tsx'

afterEach(cleanup)

const source = `apiVersion: shardlyn/v1
kind: Workload
metadata:
  name: web # ours
spec:
  image: nginx:1.27
  env:
    MODE: plain
`

function Harness({ from }: { from: string }) {
  const [now, setNow] = useState(from)
  const read = readSource(now)
  const problems = new Map(read.problems.map(({ path, message }) => [path ?? '', message]))
  return (
    <DocumentFormContext
      value={{
        value: read.value,
        problems,
        isReadOnly: false,
        set: (path, value) => setNow((was) => editSource(was, path, value)),
      }}
    >
      <WorkloadForm />
      <pre data-testid="text">{now}</pre>
    </DocumentFormContext>
  )
}

const text = () => screen.getByTestId('text').textContent
const show = async (from = source) => {
  await renderInApp(<Harness from={from} />)
  await screen.findByText('Basics')
}
const type = (name: string, value: string) =>
  fireEvent.change(screen.getByRole('textbox', { name }), { target: { value } })
const press = (name: string) => fireEvent.click(screen.getByRole('button', { name }))

test('a field changes its place in the text and nothing else', async () => {
  await show()
  type('Image', 'nginx:1.28')

  expect(text()).toBe(source.replace('1.27', '1.28'))
})

test('a port is added, filled in and taken away again', async () => {
  await show()
  press('Add port')
  expect(readSource(text()).document?.spec.ports).toEqual([{ name: 'main', containerPort: 8080, primary: true }])
  type('Port inside', '99999')
  expect(screen.getByText(/whole number from 1 to 65535/)).toBeDefined()
  type('Port inside', '80')
  expect(readSource(text()).problems).toEqual([])
  press('Remove the port main')

  expect(text()).toBe(source)
})

test('lines are words of a list, and an empty last line waits for more', async () => {
  await show()
  type('Arguments', '-g\n')
  expect(screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Arguments' }).value).toBe('-g\n')
  type('Arguments', '-g\ndaemon off;')

  expect(readSource(text()).document?.spec.args).toEqual(['-g', 'daemon off;'])
})

test('a word that has several lines is not taken apart', async () => {
  await show(source.replace('  env:', '  args:\n    - |\n      one\n      two\n  env:'))

  expect(screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Arguments' }).readOnly).toBe(true)
})

test('a name of the environment changes when its field is left, and keeps its value', async () => {
  await show()
  const [, env] = screen.getAllByRole<HTMLInputElement>('textbox', { name: 'Name' })
  if (!env) throw new Error('There is no field for the name.')
  fireEvent.change(env, { target: { value: 'WAY' } })
  fireEvent.blur(env)

  expect(readSource(text()).document?.spec.env).toEqual({ WAY: 'plain' })
})
