import { renderInApp } from '../../testing/render.tsx'
import { cleanup, fireEvent, screen, within } from '@testing-library/react'
import { useState } from 'react'
import { afterEach, expect, test, vi } from 'vitest'
import type { Column } from './column.ts'
import { Table } from './table.tsx'

type Row = { id: string; name: string; size: number | null }
const rows: Row[] = [
  { id: 'b', name: 'server 10', size: 3 },
  { id: 'a', name: 'server 2', size: null },
  { id: 'c', name: 'Alpha', size: 20 },
]
const columns: Column<Row>[] = [
  { id: 'name', header: 'Name', sortBy: (row) => row.name, cell: (row) => row.name },
  { id: 'size', header: 'Size', sortBy: (row) => row.size, cell: (row) => row.size ?? '–' },
]
const rowKey = (row: Row) => row.id

function Example({ name, onOpen, many }: { name: string; onOpen?: (row: Row) => void; many?: Row[] }) {
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  return (
    <>
      <output>{[...selected].sort().join()}</output>
      <Table
        name={name}
        label="Things"
        rows={many ?? rows}
        columns={columns}
        rowKey={rowKey}
        {...(onOpen && { onOpen })}
        selection={{ selected, onChange: setSelected, nameOf: (row) => row.name }}
        sortedAtFirst={{ id: 'name', desc: false }}
      />
    </>
  )
}

afterEach(() => {
  cleanup()
  localStorage.clear()
})

const bodyRows = () => screen.getAllByRole('row').slice(1)
const names = () => bodyRows().map((row) => within(row).getAllByRole('cell')[1]?.textContent)
const chosen = () => document.querySelector('output')?.textContent

test('rows are sorted as a person sorts, and what is not measured comes last either way', async () => {
  await renderInApp(<Example name="t1" />)
  expect(names()).toEqual(['Alpha', 'server 2', 'server 10'])
  fireEvent.click(screen.getByRole('button', { name: 'Size' }))
  expect(names()).toEqual(['server 10', 'Alpha', 'server 2'])
  fireEvent.click(screen.getByRole('button', { name: 'Size' }))
  expect(names()).toEqual(['Alpha', 'server 10', 'server 2'])
  expect(screen.getByRole('columnheader', { name: 'Size' }).getAttribute('aria-sort')).toBe('descending')
})

test('the arrows walk through the rows, Enter opens, and only one row is in the order of Tab', async () => {
  const onOpen = vi.fn()
  await renderInApp(<Example name="t2" onOpen={onOpen} />)
  expect(bodyRows().map((row) => row.tabIndex)).toEqual([0, -1, -1])
  bodyRows()[0]?.focus()
  fireEvent.keyDown(bodyRows()[0]!, { key: 'ArrowDown' })
  expect(document.activeElement).toBe(bodyRows()[1])
  fireEvent.keyDown(bodyRows()[1]!, { key: 'End' })
  expect(document.activeElement).toBe(bodyRows()[2])
  fireEvent.keyDown(bodyRows()[2]!, { key: 'Enter' })
  expect(onOpen).toHaveBeenCalledExactlyOnceWith(rows[0])
})

test('Space chooses a row, Shift and an arrow draw the choice along, Escape gives it up', async () => {
  await renderInApp(<Example name="t3" />)
  bodyRows()[0]?.focus()
  fireEvent.keyDown(bodyRows()[0]!, { key: ' ' })
  expect(chosen()).toBe('c')
  fireEvent.keyDown(bodyRows()[0]!, { key: 'ArrowDown', shiftKey: true })
  expect(chosen()).toBe('a,c')
  fireEvent.keyDown(bodyRows()[1]!, { key: 'a', ctrlKey: true })
  expect(chosen()).toBe('a,b,c')
  fireEvent.keyDown(bodyRows()[1]!, { key: 'Escape' })
  expect(chosen()).toBe('')
})

test('a click on a row opens it, a click on its check box does not', async () => {
  const onOpen = vi.fn()
  await renderInApp(<Example name="t4" onOpen={onOpen} />)
  fireEvent.click(screen.getByRole('checkbox', { name: 'Select Alpha' }))
  expect(onOpen).not.toHaveBeenCalled()
  expect(chosen()).toBe('c')
  fireEvent.click(bodyRows()[1]!)
  expect(onOpen).toHaveBeenCalledOnce()
})

test('the chosen order is remembered', async () => {
  const first = await renderInApp(<Example name="t5" />)
  fireEvent.click(screen.getByRole('button', { name: 'Size' }))
  first.unmount()
  await renderInApp(<Example name="t5" />)
  expect(names()[0]).toBe('server 10')
  expect(JSON.parse(localStorage.getItem('shardlyn.table.t5') ?? '')).toMatchObject({
    sorted: { id: 'size', desc: false },
  })
})

test('of ten thousand rows only those in sight are drawn, and the count is told', async () => {
  const many = Array.from({ length: 10_000 }, (_, at) => ({ id: String(at), name: `server ${at}`, size: at }))
  await renderInApp(
    <main id="main">
      <Example name="t6" many={many} />
    </main>,
  )
  expect(screen.getByRole('grid').getAttribute('aria-rowcount')).toBe('10001')
  expect(screen.getAllByRole('row').length).toBeLessThan(200)
})
