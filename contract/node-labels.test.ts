import { expect, test } from 'vitest'
import { missingLabels, nodeLabelsProblem, requiredLabels } from './node-labels.ts'

const required = (text: string) =>
  requiredLabels({ metadata: { name: 'a', annotations: { 'shardlyn.com/node-labels': text } } })

test('labels are read from a list, and none is none', () => {
  expect(required('disk=ssd, room=the attic,x/y=')).toEqual({ disk: 'ssd', room: 'the attic', 'x/y': '' })
  expect(requiredLabels({ metadata: { name: 'a' } })).toEqual({})
})

test.each(['disk', 'disk=ssd,', '=x', 'Disk=ssd', 'a=b=c'])('%s is refused', (text) =>
  expect(nodeLabelsProblem(text)).toContain('disk=ssd'),
)
test('a list that is read is not refused', () => expect(nodeLabelsProblem('disk=ssd, a=')).toBeUndefined())

test('what a machine lacks is named', () => {
  expect(missingLabels({ a: '1', b: '2' }, { a: '1', b: '3' })).toEqual(['b=2'])
  expect(missingLabels({}, {})).toEqual([])
})
