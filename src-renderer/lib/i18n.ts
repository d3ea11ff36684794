import { createInstance } from 'i18next'
import { initReactI18next } from 'react-i18next'
import { earlyWords, type LateWords, lateWords } from '../messages/all.ts'
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

/** Null until one is chosen: then it is the browser's. */
export const chosenLanguage = stored<Language | null>(
  'shardlyn.language',
  null,
  (value): value is Language | null => value === null || isOneOf(languages)(value),
)

export const i18n = createInstance()

const early = (language: Language) =>
  Object.fromEntries(Object.entries(earlyWords).map(([feature, words]) => [feature, words[language]]))

/** Everything on screen speaks through this. Synchronous, so that nothing is drawn twice. */
export function startI18n(): void {
  i18n.on('languageChanged', (language) => {
    document.documentElement.lang = language
  })
  void i18n.use(initReactI18next).init({
    lng: chosenLanguage.get() ?? preferredLanguage(),
    fallbackLng: 'en',
    initAsync: false,
    returnNull: false,
    resources: { en: { translation: early('en') }, 'pt-BR': { translation: early('pt-BR') } },
    // React escapes; escaping twice would show &amp; to people.
    interpolation: { escapeValue: false },
    react: { useSuspense: false },
  })
  document.documentElement.lang = i18n.language
}

const loading = new Map<LateWords, Promise<void>>()

/** Brings the words of some features, in every language: changing it later must not wait. */
export async function loadWords(...features: LateWords[]): Promise<void> {
  await Promise.all(
    features.map((feature) => {
      const known = loading.get(feature)
      if (known) return known
      const load = lateWords[feature]().then((words) => {
        for (const language of languages) {
          i18n.addResourceBundle(language, 'translation', { [feature]: words[language] }, true)
        }
      })
      loading.set(feature, load)
      // A file that did not arrive is asked for again by the next page that needs it.
      load.catch(() => loading.delete(feature))
      return load
    }),
  )
}

/** `t` outside of a component. */
export const t = i18n.t

export const currentLanguage = (): Language => (i18n.language === 'pt-BR' ? 'pt-BR' : 'en')

export function chooseLanguage(language: Language | null): void {
  chosenLanguage.set(language)
  void i18n.changeLanguage(language ?? preferredLanguage())
}
