import { renderInApp } from '../../testing/render.tsx'
import { cleanup, fireEvent, screen } from '@testing-library/react'
import { useState } from 'react'
import { afterEach, expect, test } from 'vitest'
import type { VariableSpec } from '#contract/workload'
import { checkVariables } from '#contract/workload-check'
import { VariableFields } from './variable-fields.tsx'

afterEach(cleanup)

const specs: VariableSpec[] = [
  { name: 'Title', env: 'TITLE', rules: { required: true, min: 3, max: 10 } },
  { name: 'Players', env: 'PLAYERS', default: '8', rules: { type: 'integer', min: 1, max: 64 } },
  { name: 'Seed', env: 'SEED', rules: { pattern: '[0-9a-f]+' } },
  { name: 'Whitelist', env: 'WHITELIST', default: 'false', rules: { type: 'boolean' } },
  { name: 'Password', env: 'PASSWORD', secret: true },
  { name: 'Engine', env: 'ENGINE', default: 'stable', userEditable: false },
]

function Harness() {
  const [values, setValues] = useState<Record<string, string>>({})
  return (
    <VariableFields
      specs={specs}
      values={values}
      problems={checkVariables(specs, values)}
      onChange={(env, value) => setValues({ ...values, [env]: value })}
    />
  )
}

const field = (name: string) => screen.getByRole<HTMLInputElement>('textbox', { name })
const type = (name: string, value: string) => fireEvent.change(field(name), { target: { value } })

test('each rule is said in words as one types, and goes when it is met', async () => {
  await renderInApp(<Harness />)
  await screen.findByText('Title')
  expect(screen.getByText('This one is needed.')).toBeDefined()

  type('Title', 'ab')
  type('Players', '99')
  type('Seed', 'xyz')
  expect(screen.getByText('At least 3 characters.')).toBeDefined()
  expect(screen.getByText('A whole number from 1 to 64.')).toBeDefined()
  expect(screen.getByText('It must match [0-9a-f]+.')).toBeDefined()
  expect(field('Players').getAttribute('aria-invalid')).toBe('true')

  type('Title', 'Ours')
  type('Players', '64')
  type('Seed', 'cafe')
  expect(document.querySelectorAll('[aria-invalid=true]')).toHaveLength(0)
})

test('a secret is dots until it is asked to be seen, and a fixed value cannot be typed over', async () => {
  await renderInApp(<Harness />)
  const secret = await screen.findByLabelText<HTMLInputElement>('Password')
  expect(secret.type).toBe('password')
  fireEvent.click(screen.getByRole('button', { name: 'Show Password' }))
  expect(secret.type).toBe('text')
  expect(field('Engine').readOnly).toBe(true)
})

test('yes and no is a switch', async () => {
  await renderInApp(<Harness />)
  const whitelist = await screen.findByRole('switch')
  expect(whitelist.getAttribute('aria-checked')).toBe('false')
  fireEvent.click(whitelist)
  expect(whitelist.getAttribute('aria-checked')).toBe('true')
})
