import { messages } from './messages.ts'

export const charts = messages({
  en: {
    range: 'Time range',
    ranges: { '1h': '1 h', '6h': '6 h', '24h': '24 h', '7d': '7 d', '30d': '30 d' },
    zoomed: 'From {{from}} to {{to}}',
    resetZoom: 'Show the whole range again',
    noData: 'Nothing was measured in this time',
    summary: '{{title}}: {{values}}',
  },
  'pt-BR': {
    range: 'Intervalo de tempo',
    ranges: { '1h': '1 h', '6h': '6 h', '24h': '24 h', '7d': '7 d', '30d': '30 d' },
    zoomed: 'De {{from}} a {{to}}',
    resetZoom: 'Mostrar o intervalo inteiro de novo',
    noData: 'Nada foi medido nesse período',
    summary: '{{title}}: {{values}}',
  },
})
