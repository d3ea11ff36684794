import { renderInApp } from '../../testing/render.tsx'
import { cleanup, fireEvent, screen } from '@testing-library/react'
import { act, createRef, useState } from 'react'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ConsoleInput, type ConsoleInputHandle } from './console-input.tsx'

beforeEach(() => localStorage.clear())
afterEach(cleanup)

async function show(options: { isConnected?: boolean; obstacle?: string; refusal?: string } = {}) {
  const sent: string[] = []
  let isOpen = options.isConnected ?? true
  let connect = (_: boolean) => {}
  const ref = createRef<ConsoleInputHandle>()
  function Around() {
    const [isConnected, setConnected] = useState(isOpen)
    connect = setConnected
    return (
      <ConsoleInput
        ref={ref}
        instanceId="a"
        obstacle={options.obstacle}
        isConnected={isConnected}
        refusal={options.refusal}
        send={(data) => {
          if (isOpen) sent.push(data)
          return isOpen
        }}
      />
    )
  }
  await renderInApp(<Around />)
  const field = await screen.findByLabelText<HTMLInputElement>('Command')
  const type = (value: string) => fireEvent.change(field, { target: { value } })
  const enter = () => fireEvent.submit(field)
  const paste = (text: string) => fireEvent.paste(field, { clipboardData: { getData: () => text } })
  return {
    ref,
    sent,
    field,
    type,
    enter,
    paste,
    lose: () => act(() => connect((isOpen = false))),
    come: () => act(() => connect((isOpen = true))),
  }
}

test('enter sends the line, and the arrows bring it back', async () => {
  const { sent, field, type, enter } = await show()
  type('say hello')
  enter()
  expect(sent).toEqual(['say hello\r'])
  expect(field.value).toBe('')

  type('dra')
  fireEvent.keyDown(field, { key: 'ArrowUp' })
  expect(field.value).toBe('say hello')
  fireEvent.keyDown(field, { key: 'ArrowDown' })
  expect(field.value).toBe('dra')
})

test('a command that could not be sent waits in sight, and is sent once when the console is connected again', async () => {
  const { sent, field, type, enter, come } = await show({ isConnected: false })
  type('save')
  enter()
  type('stop')
  enter()

  expect(sent).toEqual([])
  expect(field.value).toBe('')
  expect(screen.getByRole('status').textContent).toContain('2 commands wait')
  come()
  await expect.poll(() => screen.queryByRole('status')).toBeNull()
  expect(sent).toEqual(['save\r', 'stop\r'])
})

test('a command that waits can be taken back', async () => {
  const { sent, field, type, enter, come } = await show({ isConnected: false })
  type('stop')
  enter()
  fireEvent.click(screen.getByRole('button', { name: 'Do not send' }))
  come()

  expect(sent).toEqual([])
  expect(field.value).toBe('stop')
})

test('several pasted lines are shown before any is sent', async () => {
  const { sent, paste } = await show()
  paste('op griefer\nstop\n')

  expect(sent).toEqual([])
  expect(await screen.findByText('Send 2 lines?')).toBeDefined()
  fireEvent.click(screen.getByRole('button', { name: 'Send 2 lines' }))
  expect(sent).toEqual(['op griefer\r', 'stop\r'])
})

test('pasted lines that were not sent because the connection went wait for it', async () => {
  const { sent, paste, lose, come } = await show()
  paste('one\ntwo')
  await screen.findByText('Send 2 lines?')
  lose()
  fireEvent.click(screen.getByRole('button', { name: 'Send 2 lines' }))

  expect(sent).toEqual([])
  come()
  await expect.poll(() => sent).toEqual(['one\r', 'two\r'])
})

test('typing while the output has the focus lands in the line', async () => {
  const { ref, field } = await show()
  ref.current?.insert('x')
  await expect.poll(() => field.value).toBe('x')
})

test('says why nothing can be typed, and what was refused', async () => {
  const { field } = await show({ obstacle: 'Start the server to type commands', refusal: 'It is stopped.' })

  expect(field.disabled).toBe(true)
  expect(field.placeholder).toBe('Start the server to type commands')
  expect(screen.getByRole('alert').textContent).toBe('It was not taken: It is stopped.')
})
