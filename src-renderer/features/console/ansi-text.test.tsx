import { render } from '@testing-library/react'
import { expect, test } from 'vitest'
import { AnsiText } from './ansi-text.tsx'

const ESC = '\u001b'

test('a line with markup is shown and not obeyed', () => {
  const { container } = render(
    <AnsiText line={`${ESC}[31m<img src=x onerror="alert(1)">${ESC}]8;;javascript:alert(1)\u0007link`} />,
  )

  expect(container.querySelector('img, a')).toBeNull()
  expect(container.textContent).toBe('<img src=x onerror="alert(1)">link')
})

test('a colour can not carry a style of its own', () => {
  const { container } = render(<AnsiText line={`${ESC}[38;2;1;2;3mx${ESC}[38;5;999my${ESC}[38;2;99999;-5;5mz`} />)

  expect(container.textContent).toMatch(/^xy/)
  expect(container.innerHTML).not.toContain('url')
})

test('marks every place of what is searched for, whatever its case', () => {
  const { container } = render(<AnsiText line="Error: no error here" mark="ERROR" />)

  expect(Array.from(container.querySelectorAll('mark'), (mark) => mark.textContent)).toEqual(['Error', 'error'])
})
