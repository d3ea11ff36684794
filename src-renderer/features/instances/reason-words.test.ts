import { beforeAll, expect, test } from 'vitest'
import { chooseLanguage, loadWords, startI18n, t } from '../../lib/i18n.ts'
import { reasonWords } from './reason-words.ts'

beforeAll(async () => {
  startI18n()
  await loadWords('instances')
  chooseLanguage('pt-BR')
})

test.each([
  ['It ended with exit code 1. It starts again in 15 s.', 'Terminou com o código de saída 1. Ele inicia de novo em 15 s.'],
  [
    'It was ended by SIGKILL. That was the 5th time within 10 minutes, so it is not started again.',
    'Foi encerrado por SIGKILL. Essa foi a queda 5 em 10 minutos, então ele não é iniciado de novo.',
  ],
  ['It ran out of memory: it was killed because it needed more than its limit of 512 MiB.', 'Ficou sem memória: precisou de mais do que o limite de 512 MiB.'],
  ['Port 27001 is taken by nginx.', 'Port 27001 is taken by nginx.'],
])('“%s” reads “%s”', (said, read) => {
  expect(reasonWords({ state_reason: said }, t)).toBe(read)
})

test('English is left as the machine said it', () => {
  chooseLanguage('en')
  expect(reasonWords({ state_reason: 'It ended with exit code 1.' }, t)).toBe('It ended with exit code 1.')
  expect(reasonWords({ state_reason: null }, t)).toBeNull()
})
