import { expect, test } from 'vitest'
import { buildNode } from '../../testing/nodes.ts'
import { changesOf, checkForm, formOf, isFaultless } from './node-form.ts'

const node = buildNode({ labels: { region: 'home' } })

test('a form that was only looked at changes nothing', () => {
  expect(changesOf(formOf(node), node)).toBeUndefined()
  expect(isFaultless(checkForm(formOf(node)))).toBe(true)
})

test('only what was changed is sent, and an emptied address is taken away', () => {
  const form = {
    ...formOf(node),
    name: ' cellar ',
    address: '',
    last: '26000',
    labels: [
      { key: 'region', value: 'office' },
      { key: '', value: '' },
    ],
  }
  expect(changesOf(form, node)).toEqual({
    name: 'cellar',
    address: null,
    port_range: { start: 25000, end: 26000 },
    labels: { region: 'office' },
  })
})

test.each([
  [{ name: '   ' }, { name: true }],
  [{ address: 'http://example.org/' }, { address: true }],
  [{ first: '80' }, { ports: true }],
  [{ first: '30000', last: '25000' }, { ports: true }],
  [{ last: '2e4' }, { ports: true }],
])('%o is refused before the server has to', (change, fault) => {
  expect(checkForm({ ...formOf(node), ...change, labels: [] })).toEqual({ ...fault, labels: [] })
})

test('labels are checked one by one', () => {
  const labels = [
    { key: 'ok', value: '' },
    { key: 'Not Ok', value: '' },
    { key: 'ok', value: 'again' },
    { key: '', value: '' },
    { key: '', value: 'nameless' },
  ]
  expect(checkForm({ ...formOf(node), labels }).labels).toEqual([undefined, 'invalid', 'twice', undefined, 'invalid'])
})
