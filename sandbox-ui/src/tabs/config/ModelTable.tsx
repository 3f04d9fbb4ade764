import { useSignal } from '@preact/signals';
import { providers } from '../../app/data.ts';
import { t } from '../../i18n/index.ts';
import { moveItem, removeItem, set } from '../../lib/yaml/edits.ts';
import { Button, Chip } from '../../ui/controls.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { AddModel } from './AddModel.tsx';
import { changes, edit, problems, yaml } from './document.ts';
import { Parameters } from './Parameters.tsx';
import { entries, list, show } from './plain.ts';

/** So many rows at once; a filter finds the others faster than scrolling. */
const PAGE = 60;

export function ModelTable() {
  const open = useSignal<string | undefined>(undefined);
  const adding = useSignal(false);
  const wanted = useSignal('');
  const limit = useSignal(PAGE);
  const data = yaml.value.data();
  const rows = list(entries(data).model_list)
    .map((model, index) => ({ index, model: entries(model) }))
    .filter(({ model }) => JSON.stringify(model).toLowerCase().includes(wanted.value.toLowerCase()));
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
                  count={list(entries(data).model_list).length}
                  open={open.value === name}
                  toggle={() => (open.value = open.value === name ? undefined : name)}
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
      {adding.value && <AddModel close={() => (adding.value = false)} />}
    </section>
  );
}

interface RowProps {
  index: number;
  name: string;
  count: number;
  open: boolean;
  toggle: () => void;
}

function ModelRow({ index, name, count, open, toggle }: RowProps) {
  const base = ['model_list', index] as const;
  const doc = yaml.value;
  const provider = show(doc.cell([...base, 'provider']).value);
  const known = providers.value.value ?? [];
  const ids = [...new Set([provider, ...known.map(one => one.id)])];
  const problem = problems.value.find(one => one.path.startsWith(`model_list[${index}]`));
  const models = `models-of-${index}`;
  const put = (path: readonly string[], value: string) => edit(text => set(text, [...base, ...path], value));
  return (
    <>
      <tr class={`${changes.value.includes(name) ? 'changed' : ''} ${open ? 'open' : ''}`}>
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
            value={show(doc.cell([...base, 'model_params', 'model']).value)}
            list={models}
            onChange={e => put(['model_params', 'model'], e.currentTarget.value)}
          />
          <datalist id={models}>
            {known
              .find(one => one.id === provider)
              ?.models.map(one => (
                <option key={one.model} value={one.model} />
              ))}
          </datalist>
        </td>
        <td>
          <ParameterChips index={index} name={name} open={open} toggle={toggle} />
          {problem && <Chip tone={problem.severity === 'error' ? 'err' : 'warn'}>{problem.message}</Chip>}
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
            disabled={index === count - 1}
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
}

function ParameterChips({ index, name, open, toggle }: Omit<RowProps, 'count'>) {
  const doc = yaml.value;
  const base = ['model_list', index, 'model_params'] as const;
  const cells = doc
    .keys(base)
    .filter(key => key !== 'model')
    .map(key => ({ key, cell: doc.cell([...base, key]) }));
  const shown = cells.filter(({ cell }) => cell.value !== null && cell.value !== undefined).slice(0, 4);
  const words = (key: string, value: unknown) =>
    key === 'agent_settings'
      ? show(entries(value).reasoning_mode) || t('config.agent')
      : `${key} ${show(value).slice(0, 32)}`;
  return (
    <button
      type="button"
      class="pchips"
      aria-expanded={open}
      aria-label={`${t('config.parameters')}: ${name}`}
      onClick={toggle}
    >
      {shown.map(({ key, cell }) => (
        <span class={`pchip ${cell.origin}`} key={key}>
          {words(key, cell.value)}
        </span>
      ))}
      <Icon name="chevron" size={13} />
    </button>
  );
}
