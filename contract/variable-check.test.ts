import { expect, test } from 'vitest'
import { checkVariables } from './variable-check.ts'
import type { VariableSpec } from './workload.ts'

const variable = (rules: VariableSpec['rules'], more: Partial<VariableSpec> = {}): VariableSpec => ({
  name: 'A',
  env: 'A',
  ...(rules && { rules }),
  ...more,
})

test.each<[string, VariableSpec, string, string | undefined]>([
  ['an empty value that is not required', variable({ type: 'integer' }), '', undefined],
  ['an empty value that is', variable({ required: true }), '', 'is required'],
  ['a whole number', variable({ type: 'integer', min: 1, max: 10 }), '10', undefined],
  [
    'a number that is too large',
    variable({ type: 'integer', min: 1, max: 10 }),
    '11',
    'must be a whole number from 1 to 10',
  ],
  ['a fraction', variable({ type: 'integer' }), '1.5', 'must be a whole number'],
  [
    'a number with a zero before it',
    variable({ type: 'integer', min: 0 }),
    '01',
    'must be a whole number of at least 0',
  ],
  ['true', variable({ type: 'boolean' }), 'true', undefined],
  ['yes', variable({ type: 'boolean' }), 'yes', 'must be true or false'],
  ['a short text', variable({ min: 5 }), 'abcd', 'must have at least 5 characters'],
  ['a long text', variable({ max: 1 }), 'ab', 'must have at most 1 character'],
  ['an option', variable({ options: ['easy', 'hard'] }), 'hard', undefined],
  ['no option', variable({ options: ['easy', 'normal', 'hard'] }), 'Hard', 'must be easy, normal or hard'],
  ['a text of the pattern', variable({ pattern: 'a|b+' }), 'bb', undefined],
  ['a text that only holds the pattern', variable({ pattern: 'a|b+' }), 'xbb', 'must match a|b+'],
  ['two lines', variable({}), 'x\nrcon_password = y', 'must be a single line of readable text'],
  ['an escape sequence', variable({}), '\u001b[2J', 'must be a single line of readable text'],
  ['markup, which is text like any other', variable({}), '<b>&"\'', undefined],
  ['the default of a fixed variable', variable({}, { default: 'x', userEditable: false }), 'x', undefined],
  [
    'another value of a fixed variable',
    variable({}, { default: 'x', userEditable: false }),
    'y',
    'is fixed by the workload',
  ],
])('judges %s', (_, spec, value, expected) => {
  expect(checkVariables([spec], { A: value })).toEqual(expected === undefined ? {} : { A: expected })
})

test('the default counts where no value is given, and an unknown name is said', () => {
  expect(checkVariables([variable({ required: true }, { default: 'x' })], {})).toEqual({})
  expect(checkVariables([variable({ required: true })], { B: '1' })).toEqual({
    A: 'is required',
    B: 'is not a variable of this workload',
  })
})

test('a name from Object.prototype is a name like any other', () => {
  expect(checkVariables([], { constructor: '1' })).toEqual({ constructor: 'is not a variable of this workload' })
})
