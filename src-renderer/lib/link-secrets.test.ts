import { afterEach, expect, test } from 'vitest'
import { act, cleanup, renderHook } from '@testing-library/react'
import { dropLinkSecret, useLinkSecret, watchLinkSecrets } from './link-secrets.ts'

afterEach(() => {
  cleanup()
  dropLinkSecret('token')
  history.replaceState(null, '', '/')
})

test('a token leaves the address bar at once and is there for the page', () => {
  history.replaceState(null, '', '/invite?x=1#token=once')
  watchLinkSecrets()
  expect(location.href).toMatch(/\/invite\?x=1$/)
  const { result } = renderHook(() => useLinkSecret('token'))
  expect(result.current).toBe('once')
  act(() => dropLinkSecret('token'))
  expect(result.current).toBeUndefined()
})

test('another link in the same tab takes the place of the last one', () => {
  watchLinkSecrets()
  const { result } = renderHook(() => useLinkSecret('token'))
  act(() => {
    history.replaceState(null, '', '/invite#token=second')
    window.dispatchEvent(new HashChangeEvent('hashchange'))
  })
  expect(result.current).toBe('second')
  expect(location.hash).toBe('')
})

test('what is no secret of ours stays in the address', () => {
  history.replaceState(null, '', '/servers#main')
  watchLinkSecrets()
  expect(location.hash).toBe('#main')
})
