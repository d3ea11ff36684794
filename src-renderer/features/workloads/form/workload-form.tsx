import { useTranslation } from 'react-i18next'
import { templateCategories } from '#contract/templates'
import { Field } from '../../../components/ui/field.tsx'
import { Segmented } from '../../../components/ui/segmented.tsx'
import { TemplateIcon } from '../../templates/template-icon.tsx'
import { isText, useDocumentForm, useValue } from './document-form.ts'
import { EnvSection } from './env-section.tsx'
import { AreaField, CheckField, ChoiceField, LinesField, TextField } from './fields.tsx'
import { FormSection, ListSection } from './list-section.tsx'
import { PortsSection } from './ports-section.tsx'
import { VariablesSection } from './variables-section.tsx'

const pair = 'grid gap-4 sm:grid-cols-2'

/** The document as fields. Whatever is not here is kept, and can be changed in the text. */
export function WorkloadForm() {
  const { t } = useTranslation()
  const isProcess = useValue(['spec', 'runtime'], isText) === 'process'
  return (
    <div className="flex flex-col gap-4">
      <Basics />
      <Program isProcess={isProcess} />
      <PortsSection />
      <VariablesSection />
      <FormSection title={t('workloads.form.limits')}>
        <div className={pair}>
          <TextField
            path={['spec', 'resources', 'limits', 'memory']}
            label={t('workloads.form.memory')}
            help={t('workloads.form.memoryHelp')}
            mono
          />
          <TextField
            path={['spec', 'resources', 'limits', 'cpu']}
            label={t('workloads.form.cpu')}
            help={t('workloads.form.cpuHelp')}
            mono
          />
        </div>
      </FormSection>
      <EnvSection />
      {!isProcess && <Volumes />}
      <FormSection title={t('workloads.form.install')} help={t('workloads.form.installHelp')}>
        {!isProcess && <TextField path={['spec', 'install', 'image']} label={t('workloads.form.installImage')} mono />}
        <AreaField path={['spec', 'install', 'script']} label={t('workloads.form.script')} mono rows={6} />
      </FormSection>
      <ListSection
        title={t('workloads.form.files')}
        help={t('workloads.form.filesHelp')}
        path={['spec', 'configFiles']}
        addLabel={t('workloads.form.addFile')}
        removeLabel={(name) => t('workloads.form.removeFile', { name })}
        nameField="path"
        blank={(count) => ({ path: count === 0 ? 'config.txt' : `config-${count + 1}.txt`, content: '' })}
        item={(path) => (
          <div className="flex flex-col gap-3">
            <TextField path={[...path, 'path']} label={t('workloads.form.path')} mono isNeeded />
            <AreaField path={[...path, 'content']} label={t('workloads.form.content')} mono rows={5} />
            <CheckField path={[...path, 'overwrite']} label={t('workloads.form.overwrite')} usual />
          </div>
        )}
      />
      <Life />
    </div>
  )
}

function Basics() {
  const { t } = useTranslation()
  const { set, isReadOnly } = useDocumentForm()
  const runtime = useValue(['spec', 'runtime'], isText)
  const icon = useValue(['spec', 'icon'], isText) ?? ''
  const category = useValue(['metadata', 'category'], isText)
  const isOwn = category !== undefined && !templateCategories.some((known) => known === category)
  return (
    <FormSection title={t('workloads.form.basics')}>
      <TextField path={['metadata', 'name']} label={t('workloads.form.name')} isNeeded />
      <AreaField path={['metadata', 'description']} label={t('workloads.form.description')} rows={2} />
      <div className={pair}>
        <ChoiceField
          path={['metadata', 'category']}
          label={t('workloads.form.category')}
          usual=""
          options={[
            { value: '', label: t('workloads.form.none') },
            ...templateCategories.map((value) => ({ value, label: t(`templates.categories.${value}`) })),
            ...(isOwn ? [{ value: category, label: category }] : []),
          ]}
        />
        <div className="flex items-start gap-2">
          <TextField
            path={['spec', 'icon']}
            label={t('workloads.form.icon')}
            help={t('workloads.form.iconHelp')}
            className="flex-1"
          />
          <TemplateIcon icon={icon} className="mt-6 size-8" />
        </div>
      </div>
      <Field
        label={t('workloads.form.runtime')}
        help={t(`templates.runtimeHelp.${runtime === 'process' ? 'process' : 'docker'}`)}
      >
        <Segmented
          className="self-start"
          label={t('workloads.form.runtime')}
          value={runtime === 'process' ? 'process' : 'docker'}
          onValueChange={(next) => !isReadOnly && set(['spec', 'runtime'], next)}
          options={[
            { value: 'docker', label: t('templates.runtime.docker') },
            { value: 'process', label: t('templates.runtime.process') },
          ]}
        />
      </Field>
    </FormSection>
  )
}

function Program({ isProcess }: { isProcess: boolean }) {
  const { t } = useTranslation()
  return (
    <FormSection title={t('workloads.form.program')}>
      {!isProcess && (
        <TextField
          path={['spec', 'image']}
          label={t('workloads.form.image')}
          help={t('workloads.form.imageHelp')}
          mono
          isNeeded
        />
      )}
      <LinesField
        path={['spec', 'command']}
        label={t('workloads.form.command')}
        help={t(isProcess ? 'workloads.form.commandHelpProcess' : 'workloads.form.commandHelpDocker')}
        rows={2}
      />
      <LinesField
        path={['spec', 'args']}
        label={t('workloads.form.args')}
        help={t('workloads.form.argsHelp', { placeholder: '{{MAX_PLAYERS}}' })}
      />
      <div className={pair}>
        <TextField path={['spec', 'workingDir']} label={t('workloads.form.workingDir')} mono />
        <TextField path={['spec', 'user']} label={t('workloads.form.user')} mono />
      </div>
    </FormSection>
  )
}

function Volumes() {
  const { t } = useTranslation()
  return (
    <ListSection
      title={t('workloads.form.volumes')}
      help={t('workloads.form.volumesHelp')}
      path={['spec', 'volumes']}
      addLabel={t('workloads.form.addVolume')}
      removeLabel={(name) => t('workloads.form.removeVolume', { name })}
      nameField="name"
      blank={(count) => ({
        name: count === 0 ? 'data' : `data-${count + 1}`,
        mountPath: count === 0 ? '/data' : `/data-${count + 1}`,
      })}
      item={(path) => (
        <div className="flex flex-col gap-3">
          <div className={pair}>
            <TextField path={[...path, 'name']} label={t('workloads.form.volumeName')} mono isNeeded />
            <TextField path={[...path, 'mountPath']} label={t('workloads.form.mountPath')} mono isNeeded />
          </div>
          <CheckField path={[...path, 'readOnly']} label={t('workloads.form.readOnly')} />
        </div>
      )}
    />
  )
}

function Life() {
  const { t } = useTranslation()
  const signals = ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGWINCH'] as const
  return (
    <FormSection title={t('workloads.form.life')}>
      <div className={pair}>
        <TextField
          path={['spec', 'ready', 'log']}
          label={t('workloads.form.readyLog')}
          help={t('workloads.form.readyLogHelp')}
          mono
        />
        <TextField path={['spec', 'ready', 'timeoutSeconds']} label={t('workloads.form.readyTimeout')} isNumber />
        <TextField
          path={['spec', 'stop', 'command']}
          label={t('workloads.form.stopCommand')}
          help={t('workloads.form.stopCommandHelp')}
          mono
        />
        <ChoiceField
          path={['spec', 'stop', 'signal']}
          label={t('workloads.form.stopSignal')}
          usual=""
          options={[
            { value: '' as const, label: t('workloads.form.standard') },
            ...signals.map((value) => ({ value, label: value })),
          ]}
        />
        <TextField path={['spec', 'stopTimeout']} label={t('workloads.form.stopTimeout')} placeholder="30" isNumber />
        <ChoiceField
          path={['spec', 'restartPolicy']}
          label={t('workloads.form.restart')}
          usual="on-failure"
          options={(['always', 'on-failure', 'never'] as const).map((value) => ({
            value,
            label: t(`workloads.form.restarts.${value}`),
          }))}
        />
      </div>
    </FormSection>
  )
}
