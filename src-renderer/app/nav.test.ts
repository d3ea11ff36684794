import { expect, test } from 'vitest'
import { buildMe } from '../testing/instances.ts'
import { barPlaces, isAt, listOf, morePlaces, openTo, places } from './nav.ts'

test('an address belongs to the place that it is below', () => {
  expect(isAt('/servers/1', '/servers')).toBe(true)
  expect(isAt('/serversides', '/servers')).toBe(false)
  expect(isAt('/servers', '/')).toBe(false)
})

test('in another organization one stays at the list of what one looked at', () => {
  expect(
    ['/', '/servers/1', '/machines/2', '/workloads/new', '/organization/members/3', '/deploy', '/account/security'].map(
      listOf,
    ),
  ).toEqual(['/', '/servers', '/machines', '/workloads', '/organization', '/templates', '/account/security'])
})

test('places with nothing to see in them are not offered', () => {
  const names = (rights: string[]) => openTo(places, buildMe(rights)).map(({ name }) => name)
  expect(names(['instances.view'])).toEqual(['overview', 'servers'])
  expect(names(['nodes.view', 'workloads.view'])).toEqual(['overview', 'servers', 'templates', 'machines'])
})

test('a phone has five entries, and reaches every place through them', () => {
  expect(barPlaces.length).toBeLessThanOrEqual(4)
  const reached = new Set<string>([...barPlaces, ...morePlaces].map(({ to }) => to))
  const all = places.flatMap((place) => [place.to, ...('parts' in place ? place.parts.map(({ to }) => to) : [])])
  expect(all.filter((to) => !reached.has(to))).toEqual([])
})
