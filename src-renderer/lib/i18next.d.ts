import 'i18next'
import type { Catalogue } from '../messages/all.ts'

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation'
    resources: { translation: Catalogue }
    returnNull: false
  }
}
