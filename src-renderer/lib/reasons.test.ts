import { beforeAll, expect, test } from 'vitest'
import { chooseLanguage, loadWords, startI18n } from './i18n.ts'
import { reasonText } from './reasons.ts'

beforeAll(async () => {
  startI18n()
  await loadWords('reasons')
  chooseLanguage('pt-BR')
})

test.each([
  [
    'It ended with exit code 1. It starts again in 15 s.',
    'Terminou com o código de saída 1. Ele inicia de novo em 15 s.',
  ],
  [
    'It was ended by SIGKILL. That was the 5th time within 10 minutes, so it is not started again.',
    'Foi encerrado por SIGKILL. Essa foi a queda 5 em 10 minutos, então ele não é iniciado de novo.',
  ],
  [
    'It ran out of memory: it was killed because it needed more than its limit of 512 MiB.',
    'Ficou sem memória: precisou de mais do que o limite de 512 MiB.',
  ],
  ['Its agent speaks protocol 1, but 3 is needed. Update the agent.', 'O agente dela é antigo demais. Atualize-o.'],
  [
    'Docker does not answer there, and 2 servers need it. Start Docker.',
    'O Docker não responde nela, e há servidores que precisam dele. Inicie o Docker.',
  ],
  ['ana@example.com cancelled it.', 'ana@example.com cancelou.'],
  [
    'It could not be started on cellar, so it is back on attic: It ended with exit code 3. It starts again in 5 s.',
    'Não pôde ser iniciado em cellar, então está de volta em attic: Terminou com o código de saída 3.',
  ],
  ['Port 27001 is taken by nginx.', 'Port 27001 is taken by nginx.'],
])('“%s” reads “%s”', (said, read) => {
  expect(reasonText(said)).toBe(read)
})

test('English is left as it was said', () => {
  chooseLanguage('en')
  expect(reasonText('It ended with exit code 1.')).toBe('It ended with exit code 1.')
})
