import { expect, test } from 'vitest'
import { fileNameOf } from './file-name.ts'

test.each([
  ['My server', 'My-server.log'],
  ['../../etc/passwd', 'etc-passwd.log'],
  ['Núcleo ⚡ 3', 'Núcleo-3.log'],
  ['<b>"x"|?*', 'b-x.log'],
  ['...', 'shardlyn.log'],
])('%s is saved as %s', (name, file) => {
  expect(fileNameOf(name, 'log')).toBe(file)
})
