import { messages } from './messages.ts'

export const auditWords = messages({
  en: {
    outcome: { done: 'Done', refused: 'Refused', failed: 'Failed' },
    actor: { user: 'Somebody', agent: 'A machine', system: 'Shardlyn' },
    at: 'When',
    ip: 'From',
    subject: 'About',
    reason: 'Reason',
    details: 'Details',
  },
  'pt-BR': {
    outcome: { done: 'Feito', refused: 'Recusado', failed: 'Falhou' },
    actor: { user: 'Alguém', agent: 'Uma máquina', system: 'Shardlyn' },
    at: 'Quando',
    ip: 'De',
    subject: 'Sobre',
    reason: 'Motivo',
    details: 'Detalhes',
  },
})
