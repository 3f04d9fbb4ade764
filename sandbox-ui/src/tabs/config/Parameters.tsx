import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { patterns } from '../../app/data.ts';
import { t } from '../../i18n/index.ts';
import type { Path } from '../../lib/yaml/document.ts';
import { set, unset } from '../../lib/yaml/edits.ts';
import { Button, Field } from '../../ui/controls.tsx';
import { edit, yaml } from './document.ts';
import { entries, show, typed } from './plain.ts';

/** What a profile may have besides its parameters. */
const PROFILE_FIELDS = ['key_pool', 'timeout', 'stream_timeout', 'max_concurrent'];
const AGENT_FIELDS = [
  'reasoning_mode',
  'max_steps',
  'max_tokens_total',
  'max_seconds',
  'tools',
  'system_prompt',
  'manifests',
];

/** All fields of one profile. An inherited one shows its anchor; editing it writes an override here and leaves the anchor alone. */
export function Parameters({ index, name }: { index: number; name: string }) {
  const base: Path = ['model_list', index];
  const params: Path = [...base, 'model_params'];
  const agent: Path = [...params, 'agent_settings'];
  const doc = yaml.value;
  const keys = doc.keys(params).filter(key => key !== 'model' && key !== 'agent_settings');
  const isAgent = Object.keys(entries(doc.cell(agent).value)).length > 0;
  const agentKeys = [...new Set([...AGENT_FIELDS, ...doc.keys(agent)])];
  return (
    <div class="params">
      {keys.map(key => (
        <Value key={key} path={[...params, key]} name={key} />
      ))}
      <AddParameter path={params} owner={name} />
      <fieldset>
        <legend>{t('config.profile')}</legend>
        {PROFILE_FIELDS.map(key => (
          <Value key={key} path={[...base, key]} name={key} />
        ))}
      </fieldset>
      <fieldset>
        <legend>agent_settings</legend>
        {isAgent ? (
          agentKeys.map(key => (
            <Value
              key={key}
              path={[...agent, key]}
              name={key}
              {...(key === 'reasoning_mode' ? { from: names() } : {})}
            />
          ))
        ) : (
          <Button
            icon="plus"
            onClick={() => edit(text => set(text, [...agent, 'reasoning_mode'], names()[0] ?? 'basic_react'))}
          >
            {t('config.makeAgent')}
          </Button>
        )}
      </fieldset>
    </div>
  );
}

const names = () => (patterns.value.value ?? []).map(one => one.name);

function Value({ path, name, from }: { path: Path; name: string; from?: string[] }) {
  const id = useId();
  const cell = yaml.value.cell(path);
  const written = cell.origin === 'none' ? '' : show(cell.value);
  const put = (text: string) => {
    if (text === written) return;
    edit(doc => (text === '' ? unset(doc, path) : set(doc, path, typed(text))));
  };
  return (
    <div class={`kv ${cell.origin}`}>
      <label for={id}>{name}</label>
      <input
        id={id}
        value={written}
        list={from ? `${id}l` : undefined}
        placeholder={t('form.unset')}
        aria-describedby={cell.from ? `${id}f` : undefined}
        onChange={e => put(e.currentTarget.value)}
      />
      {from && (
        <datalist id={`${id}l`}>
          {from.map(one => (
            <option key={one} value={one} />
          ))}
        </datalist>
      )}
      {cell.origin === 'inherited' && (
        <span class="from" id={`${id}f`} title={t('config.inheritedNote', { from: cell.from ?? '' })}>
          {cell.from}
        </span>
      )}
      {cell.origin === 'own' && (
        <Button
          kind="ghost"
          icon="undo"
          label={t('config.unset', { name })}
          onClick={() => edit(doc => unset(doc, path))}
        />
      )}
    </div>
  );
}

function AddParameter({ path, owner }: { path: Path; owner: string }) {
  const name = useSignal('');
  const value = useSignal('');
  const add = () => {
    const key = name.value.trim();
    if (key === '') return;
    edit(text => set(text, [...path, key], typed(value.value)));
    name.value = '';
    value.value = '';
  };
  return (
    <form
      class="add-param"
      aria-label={`${t('config.addParameter')}: ${owner}`}
      onSubmit={e => {
        e.preventDefault();
        add();
      }}
    >
      <Field label={t('config.addParameter')}>
        {id => (
          <input
            id={id}
            class="mono"
            placeholder="temperature"
            value={name.value}
            onInput={e => (name.value = e.currentTarget.value)}
          />
        )}
      </Field>
      <Field label={t('config.value')}>
        {id => <input id={id} value={value.value} onInput={e => (value.value = e.currentTarget.value)} />}
      </Field>
      <Button
        type="submit"
        icon="plus"
        label={t('config.addParameter')}
        disabled={name.value.trim() === ''}
      />
    </form>
  );
}
