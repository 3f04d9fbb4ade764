import { useSignal, type Signal } from '@preact/signals';
import { providers } from '../../app/data.ts';
import type { Problem } from '../../api/types.ts';
import { t } from '../../i18n/index.ts';
import { moveItem, removeItem, set } from '../../lib/yaml/edits.ts';
import { Button, Chip } from '../../ui/controls.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { memo } from '../../ui/memo.tsx';
import { AddModel } from './AddModel.tsx';
import { changes, edit, problems, yaml } from './document.ts';
import { Parameters } from './Parameters.tsx';
import { entries, list, same, show } from './plain.ts';

/** So many rows at once; a filter finds the others faster than scrolling. */
const PAGE = 60;

export function ModelTable() {
  const open = useSignal<string | undefined>(undefined);
  const adding = useSignal(false);
  const wanted = useSignal('');
  const limit = useSignal(PAGE);
  const data = yaml.value.data();
  const all = list(entries(data).model_list);
  const rows = all
    .map((model, index) => ({ index, model: entries(model) }))
    .filter(
      ({ model }) =>
        !wanted.value || JSON.stringify(model).toLowerCase().includes(wanted.value.toLowerCase()),
    );
  const changedNames = new Set(changes.value);
  return (
    <section class="tbl-wrap" aria-label={t('config.models')}>
      <div class="tbl-head">
        <h2>{t('config.models')}</h2>
        <input
          type="search"
          aria-label={t('config.filter')}
          placeholder={t('config.filter')}
          value={wanted.value}
          onInput={e => (wanted.value = e.currentTarget.value)}
        />
        <Button icon="plus" onClick={() => (adding.value = true)}>
          {t('config.addModel')}
        </Button>
      </div>
      {yaml.value.broken ? (
        <p class="tbl-none">{t('config.broken')}</p>
      ) : (
        <table class="tbl models">
          <caption class="sr">{t('config.models')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('config.name')}</th>
              <th scope="col">{t('config.provider')}</th>
              <th scope="col">{t('config.model')}</th>
              <th scope="col">{t('config.parameters')}</th>
              <th scope="col">
                <span class="sr">{t('config.actions')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, limit.value).map(({ index, model }) => {
              const name = show(model.model_name) || `#${index + 1}`;
              return (
                <ModelRow
                  key={`${index} ${name}`}
                  index={index}
                  name={name}
                  last={index === all.length - 1}
                  provider={show(yaml.value.cell(['model_list', index, 'provider']).value)}
                  model={show(yaml.value.cell(['model_list', index, 'model_params', 'model']).value)}
                  chips={chipsOf(index)}
                  changed={changedNames.has(name)}
                  problem={problems.value.find(one => one.path.startsWith(`model_list[${index}]`))}
                  open={open}
                />
              );
            })}
          </tbody>
        </table>
      )}
      {rows.length > limit.value && (
        <div class="tbl-foot">
          <Button onClick={() => (limit.value += PAGE * 4)}>
            {t('config.showMore', { n: rows.length - limit.value })}
          </Button>
        </div>
      )}
      <div class="tbl-foot legend-line">
        <span class="pchip own">{t('config.own')}</span>{' '}
        <span class="pchip inherited">{t('config.inherited')}</span>
      </div>
      <Offers />
      {adding.value && <AddModel close={() => (adding.value = false)} />}
    </section>
  );
}

/** What may be chosen for the models of a provider, once for all rows. */
const modelsOf = (provider: string) => `models-of-${provider}`;

const Offers = () => (
  <>
    {(providers.value.value ?? []).map(({ id, models }) => (
      <datalist id={modelsOf(id)} key={id}>
        {models.map(({ model }) => (
          <option key={model} value={model} />
        ))}
      </datalist>
    ))}
  </>
);

interface ChipData {
  key: string;
  words: string;
  origin: string;
}

function chipsOf(index: number): ChipData[] {
  const base = ['model_list', index, 'model_params'] as const;
  const words = (key: string, value: unknown) =>
    key === 'agent_settings'
      ? show(entries(value).reasoning_mode) || t('config.agent')
      : `${key} ${show(value).slice(0, 32)}`;
  return yaml.value
    .keys(base)
    .filter(key => key !== 'model')
    .map(key => ({ key, cell: yaml.value.cell([...base, key]) }))
    .filter(({ cell }) => cell.value !== null && cell.value !== undefined)
    .slice(0, 4)
    .map(({ key, cell }) => ({ key, words: words(key, cell.value), origin: cell.origin }));
}

interface RowProps {
  index: number;
  name: string;
  last: boolean;
  provider: string;
  model: string;
  chips: ChipData[];
  changed: boolean;
  problem: Problem | undefined;
  open: Signal<string | undefined>;
}

const ModelRow = memo<RowProps>(function Row(row: RowProps) {
  const { index, name, provider } = row;
  const open = row.open.value === name;
  const ids = [...new Set([provider, ...(providers.value.value ?? []).map(one => one.id)])];
  const put = (path: readonly string[], value: string) =>
    edit(text => set(text, ['model_list', index, ...path], value));
  return (
    <>
      <tr class={`${row.changed ? 'changed' : ''} ${open ? 'open' : ''}`}>
        <td>
          <input
            class="mono"
            aria-label={`${t('config.name')}: ${name}`}
            value={name}
            onChange={e => put(['model_name'], e.currentTarget.value)}
          />
        </td>
        <td>
          <select
            aria-label={`${t('config.provider')}: ${name}`}
            value={provider}
            onChange={e => put(['provider'], e.currentTarget.value)}
          >
            {ids.map(id => (
              <option key={id} selected={id === provider}>
                {id}
              </option>
            ))}
          </select>
        </td>
        <td>
          <input
            class="mono"
            aria-label={`${t('config.model')}: ${name}`}
            value={row.model}
            list={modelsOf(provider)}
            onChange={e => put(['model_params', 'model'], e.currentTarget.value)}
          />
        </td>
        <td>
          <Chips {...row} />
          {row.problem && (
            <Chip tone={row.problem.severity === 'error' ? 'err' : 'warn'}>{row.problem.message}</Chip>
          )}
        </td>
        <td class="actions">
          <Button
            kind="ghost"
            icon="up"
            label={t('config.up', { name })}
            disabled={index === 0}
            onClick={() => edit(text => moveItem(text, ['model_list'], index, -1))}
          />
          <Button
            kind="ghost"
            icon="down"
            label={t('config.down', { name })}
            disabled={row.last}
            onClick={() => edit(text => moveItem(text, ['model_list'], index, 1))}
          />
          <Button
            kind="ghost"
            icon="x"
            label={t('config.remove', { name })}
            onClick={() => edit(text => removeItem(text, ['model_list'], index))}
          />
        </td>
      </tr>
      {open && (
        <tr class="sub">
          <td colSpan={5}>
            <Parameters index={index} name={name} />
          </td>
        </tr>
      )}
    </>
  );
}, same);

const Chips = ({ name, chips, open }: RowProps) => (
  <button
    type="button"
    class="pchips"
    aria-expanded={open.value === name}
    aria-label={`${t('config.parameters')}: ${name}`}
    onClick={() => (open.value = open.value === name ? undefined : name)}
  >
    {chips.map(({ key, words, origin }) => (
      <span class={`pchip ${origin}`} key={key}>
        {words}
      </span>
    ))}
    <Icon name="chevron" size={13} />
  </button>
);
