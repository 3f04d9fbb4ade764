import { useSignal } from '@preact/signals';
import { t } from '../../i18n/index.ts';
import { set, unset } from '../../lib/yaml/edits.ts';
import { Button } from '../../ui/controls.tsx';
import { edit, yaml } from './document.ts';
import { entries, list, show } from './plain.ts';

const PATH = ['router_settings', 'model_group_alias'] as const;

/** What applications ask for, and which profiles are tried for it, in order. */
export function Aliases() {
  const name = useSignal('');
  const data = yaml.value.data();
  if (data === undefined) return null;
  const profiles = list(entries(data).model_list).map(model => show(entries(model).model_name));
  const aliases = Object.entries(entries(entries(entries(data).router_settings).model_group_alias));
  const add = () => {
    const alias = name.value.trim();
    const first = profiles[0];
    if (alias && first) edit(text => set(text, [...PATH, alias], [first]));
    name.value = '';
  };
  return (
    <section class="tbl-wrap" aria-label={t('config.aliases')}>
      <div class="tbl-head">
        <h2>{t('config.aliases')}</h2>
        <span class="dim grow">{t('config.aliasesNote')}</span>
      </div>
      <table class="tbl">
        <caption class="sr">{t('config.aliases')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('sessions.alias')}</th>
            <th scope="col">{t('config.chain')}</th>
            <th scope="col">
              <span class="sr">{t('config.actions')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {aliases.map(([alias, chain]) => (
            <tr key={alias}>
              <td class="mono">{alias}</td>
              <td>
                <Chain alias={alias} chain={list(chain).map(show)} profiles={profiles} />
              </td>
              <td class="actions">
                <Button
                  kind="ghost"
                  icon="x"
                  label={t('config.remove', { name: alias })}
                  onClick={() => edit(text => unset(text, [...PATH, alias]))}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <form
        class="tbl-foot add-alias"
        onSubmit={e => {
          e.preventDefault();
          add();
        }}
      >
        <input
          class="mono"
          aria-label={t('config.newAlias')}
          placeholder={t('config.newAlias')}
          value={name.value}
          onInput={e => (name.value = e.currentTarget.value)}
        />
        <Button type="submit" icon="plus" disabled={name.value.trim() === ''}>
          {t('config.addAlias')}
        </Button>
      </form>
    </section>
  );
}

function Chain({ alias, chain, profiles }: { alias: string; chain: string[]; profiles: string[] }) {
  const put = (next: string[]) => edit(text => set(text, [...PATH, alias], next));
  const missing = profiles.filter(profile => !chain.includes(profile));
  return (
    <div class="chain">
      {chain.map((profile, i) => (
        <span key={profile} class={`link ${profiles.includes(profile) ? '' : 'unknown'}`}>
          {profile}
          {i > 0 && (
            <Button
              kind="ghost"
              icon="up"
              label={t('config.earlier', { name: profile, alias })}
              onClick={() => put(chain.with(i, chain[i - 1] ?? '').with(i - 1, profile))}
            />
          )}
          {chain.length > 1 && (
            <Button
              kind="ghost"
              icon="x"
              label={t('config.unlink', { name: profile, alias })}
              onClick={() => put(chain.toSpliced(i, 1))}
            />
          )}
        </span>
      ))}
      {missing.length > 0 && (
        <select
          aria-label={t('config.linkTo', { alias })}
          value=""
          onChange={e => {
            if (e.currentTarget.value) put([...chain, e.currentTarget.value]);
          }}
        >
          <option value="">+</option>
          {missing.map(profile => (
            <option key={profile}>{profile}</option>
          ))}
        </select>
      )}
    </div>
  );
}
