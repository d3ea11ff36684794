import type { TFunction } from 'i18next'
import type { VariableSpec } from '#contract/workload'

/** What a value must be, in the language of the page: the rule that it broke, as a sentence. */
export function ruleWords({ rules = {}, userEditable }: VariableSpec, value: string, t: TFunction): string {
  const { type = 'string', min, max, options, pattern } = rules
  if (userEditable === false) return t('deploy.rules.fixed')
  if (value === '') return t('deploy.rules.required')
  if (type === 'boolean') return t('deploy.rules.boolean')
  if (type === 'integer') {
    const number = /^-?\d+$/.test(value) ? Number(value) : Number.NaN
    const isWithin = number >= (min ?? -Infinity) && number <= (max ?? Infinity)
    if (!isWithin) {
      if (min !== undefined && max !== undefined) return t('deploy.rules.integerBetween', { min, max })
      if (min !== undefined) return t('deploy.rules.integerFrom', { min })
      return max === undefined ? t('deploy.rules.integer') : t('deploy.rules.integerTo', { max })
    }
  }
  if (type === 'string') {
    if (min !== undefined && value.length < min) return t('deploy.rules.lengthFrom', { count: min })
    if (max !== undefined && value.length > max) return t('deploy.rules.lengthTo', { count: max })
  }
  if (options && !options.includes(value)) return t('deploy.rules.options')
  return pattern === undefined ? t('deploy.rules.oneLine') : t('deploy.rules.pattern', { pattern })
}
