import { createInstance } from 'i18next'
import { initReactI18next } from 'react-i18next'
import { catalogue } from '../messages/all.ts'
import { isOneOf, stored } from './stored.ts'

export const languages = ['en', 'pt-BR'] as const
export type Language = (typeof languages)[number]
/** Each in its own words, so that it can be found in any language. */
export const languageNames: Record<Language, string> = { en: 'English', 'pt-BR': 'Português (Brasil)' }

/** The first language of the browser that we speak. */
export function preferredLanguage(wanted: readonly string[] = navigator.languages): Language {
  for (const tag of wanted) {
    if (/^pt\b/i.test(tag)) return 'pt-BR'
    if (/^en\b/i.test(tag)) return 'en'
  }
  return 'en'
}

const choice = stored<Language | null>('shardlyn.language', null, (value): value is Language | null => value === null || isOneOf(languages)(value))

export const i18n = createInstance()

/** Everything on screen speaks through this. Synchronous, so that nothing is drawn twice. */
export function startI18n(): void {
  i18n.on('languageChanged', (language) => {
    document.documentElement.lang = language
  })
  void i18n.use(initReactI18next).init({
    lng: choice.get() ?? preferredLanguage(),
    fallbackLng: 'en',
    initAsync: false,
    returnNull: false,
    resources: { en: { translation: catalogue.en }, 'pt-BR': { translation: catalogue['pt-BR'] } },
    // React escapes; escaping twice would show &amp; to people.
    interpolation: { escapeValue: false },
    react: { useSuspense: false },
  })
  document.documentElement.lang = i18n.language
}

/** `t` outside of a component. */
export const t = i18n.t

export const currentLanguage = (): Language => (i18n.language === 'pt-BR' ? 'pt-BR' : 'en')

export function chooseLanguage(language: Language): void {
  choice.set(language)
  void i18n.changeLanguage(language)
}
