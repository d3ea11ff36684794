import { renderInApp } from '../../testing/render.tsx'
import { act, cleanup, fireEvent, screen } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'
import { ApiError } from '../../lib/api.ts'
import { AlertDialog } from './alert-dialog.tsx'
import { Button } from './button.tsx'
import { HoldButton } from './hold-button.tsx'

afterEach(() => {
  vi.useRealTimers()
  cleanup()
})

const ask = (onConfirm: () => Promise<unknown>) =>
  renderInApp(
    <AlertDialog
      trigger={<Button>Begin</Button>}
      title="Remove it?"
      action="Remove"
      typeToConfirm="my world"
      onConfirm={onConfirm}
    >
      It is lost.
    </AlertDialog>,
  )

test('what cannot be undone waits until the name is typed', async () => {
  const onConfirm = vi.fn(async () => undefined)
  await ask(onConfirm)
  fireEvent.click(screen.getByRole('button', { name: 'Begin' }))
  const button = await screen.findByRole<HTMLButtonElement>('button', { name: 'Remove' })
  expect(button.disabled).toBe(true)
  fireEvent.change(screen.getByRole('textbox', { name: 'Type my world to confirm' }), { target: { value: 'my wor' } })
  expect(button.disabled).toBe(true)
  fireEvent.change(screen.getByRole('textbox'), { target: { value: 'my world ' } })
  await act(async () => fireEvent.click(button))
  expect(onConfirm).toHaveBeenCalledOnce()
  await vi.waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull())
})

test('a refusal is shown in the dialog, which stays', async () => {
  await ask(async () => Promise.reject(new ApiError(409, { error: 'It is still in use.', code: 'in_use' })))
  fireEvent.click(screen.getByRole('button', { name: 'Begin' }))
  fireEvent.change(await screen.findByRole('textbox'), { target: { value: 'my world' } })
  await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Remove' })))
  expect((await screen.findByRole('alert')).textContent).toBe('It is still in use.')
  expect(screen.getByRole('alertdialog')).toBeDefined()
})

test('a held button does it after a moment, and not when let go earlier', async () => {
  const onHeld = vi.fn()
  await renderInApp(<HoldButton onHeld={onHeld}>Kill</HoldButton>)
  const button = screen.getByRole('button', { name: 'Kill' })
  vi.useFakeTimers()
  fireEvent.keyDown(button, { key: 'Enter' })
  vi.advanceTimersByTime(600)
  fireEvent.keyUp(button, { key: 'Enter' })
  vi.advanceTimersByTime(5_000)
  expect(onHeld).not.toHaveBeenCalled()
  fireEvent.pointerDown(button, { button: 0 })
  act(() => void vi.advanceTimersByTime(1_300))
  expect(onHeld).toHaveBeenCalledOnce()
})

test('a button whose work is going on keeps its words and cannot be pressed again', async () => {
  const onClick = vi.fn()
  await renderInApp(
    <Button pending onClick={onClick}>
      Save
    </Button>,
  )
  const button = screen.getByRole('button')
  fireEvent.click(button)
  expect(onClick).not.toHaveBeenCalled()
  expect(button.getAttribute('aria-busy')).toBe('true')
  expect(button.textContent).toBe('Save')
})
