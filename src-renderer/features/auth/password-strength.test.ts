import { expect, test } from 'vitest'
import { passwordStrength } from './password-strength.ts'

test.each([
  ['password123', 'weak', 'common'],
  ['Senha2024!', 'weak', 'common'],
  ['aaaaaaaaaaaaaaaa', 'weak', 'repeats'],
  ['abcdefghijkl', 'weak', 'repeats'],
  ['maria-2024', 'weak', 'email'],
  ['x7$kQ', 'weak', 'longer'],
  ['blue-horse', 'fair', 'longer'],
  ['correct horse', 'good', 'fine'],
  ['correct horse battery staple', 'strong', 'fine'],
] as const)('%s is %s: %s', (password, level, hint) => {
  expect(passwordStrength(password, 'maria@example.org')).toMatchObject({ level, hint })
})
