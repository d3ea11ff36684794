import { useTranslation } from 'react-i18next'
import { CheckField, ChoiceField, LinesField, TextField } from './fields.tsx'
import { ListSection } from './list-section.tsx'

export function VariablesSection() {
  const { t } = useTranslation()
  return (
    <ListSection
      title={t('workloads.form.variables')}
      help={t('workloads.form.variablesHelp', { placeholder: '{{MAX_PLAYERS}}' })}
      path={['spec', 'variables']}
      addLabel={t('workloads.form.addVariable')}
      removeLabel={(name) => t('workloads.form.removeVariable', { name })}
      nameField="env"
      blank={(count) => ({ name: t('workloads.form.newVariable', { count: count + 1 }), env: `VARIABLE_${count + 1}` })}
      item={(path, { rules }) => {
        const type = (rules as { type?: unknown } | undefined)?.type
        return (
          <div className="flex flex-col gap-3">
            <div className="grid gap-3 sm:grid-cols-2">
              <TextField path={[...path, 'name']} label={t('workloads.form.variableName')} isNeeded />
              <TextField path={[...path, 'env']} label={t('workloads.form.env')} mono isNeeded />
              <TextField path={[...path, 'default']} label={t('workloads.form.default')} mono />
              <ChoiceField
                path={[...path, 'rules', 'type']}
                label={t('workloads.form.type')}
                usual="string"
                options={(['string', 'integer', 'boolean'] as const).map((value) => ({
                  value,
                  label: t(`workloads.form.types.${value}`),
                }))}
              />
              {type !== 'boolean' && (
                <>
                  <TextField path={[...path, 'rules', 'min']} label={t('workloads.form.min')} isNumber />
                  <TextField path={[...path, 'rules', 'max']} label={t('workloads.form.max')} isNumber />
                </>
              )}
            </div>
            <TextField path={[...path, 'description']} label={t('workloads.form.description')} />
            {type !== 'boolean' && (
              <TextField path={[...path, 'rules', 'pattern']} label={t('workloads.form.pattern')} mono />
            )}
            {type !== 'boolean' && (
              <LinesField
                path={[...path, 'rules', 'options']}
                label={t('workloads.form.options')}
                help={t('workloads.form.optionsHelp')}
                rows={2}
              />
            )}
            <div className="grid gap-2 sm:grid-cols-2">
              <CheckField path={[...path, 'rules', 'required']} label={t('workloads.form.required')} />
              <CheckField path={[...path, 'userVisible']} label={t('workloads.form.visible')} usual />
              <CheckField path={[...path, 'userEditable']} label={t('workloads.form.editable')} usual />
              <CheckField path={[...path, 'secret']} label={t('workloads.form.secret')} />
            </div>
          </div>
        )
      }}
    />
  )
}
