import { useSignal } from '@preact/signals';
import { changeTeam, createTeam, deleteTeam, type Team } from '../../api/quota.ts';
import { complain, toast, words } from '../../app/toasts.tsx';
import { t } from '../../i18n/index.ts';
import { count } from '../../lib/format.ts';
import { Button, Chip, Field } from '../../ui/controls.tsx';
import { Confirm, Dialog } from '../../ui/Dialog.tsx';
import { LimitFields, limitsOf, limitTexts } from './LimitFields.tsx';
import { reloadQuota, teams, virtualKeys } from './quotaData.ts';
import { limitWords, Spend } from './Spend.tsx';

export function Teams() {
  const making = useSignal(false);
  const all = teams.value.value;
  if (!all || !virtualKeys.value.value?.master_key) return null;
  return (
    <section class="tbl-wrap" aria-label={t('quota.teams')}>
      <div class="tbl-head">
        <h2>{t('quota.teams')}</h2>
        <span class="dim grow">{t('quota.teamsNote')}</span>
        <Button icon="plus" onClick={() => (making.value = true)}>
          {t('quota.newTeam')}
        </Button>
      </div>
      {all.length > 0 && (
        <table class="tbl">
          <caption class="sr">{t('quota.teams')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('quota.name')}</th>
              <th scope="col" class="num">
                {t('quota.keys')}
              </th>
              <th scope="col">{t('quota.limits')}</th>
              <th scope="col" class="num">
                {t('quota.day')}
              </th>
              <th scope="col" class="num">
                {t('quota.month')}
              </th>
              <th scope="col">
                <span class="sr">{t('config.actions')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {all.map(team => (
              <Row key={team.name} team={team} />
            ))}
          </tbody>
        </table>
      )}
      {making.value && <TeamForm close={() => (making.value = false)} />}
    </section>
  );
}

function Row({ team }: { team: Team }) {
  const asking = useSignal<'edit' | 'delete' | undefined>(undefined);
  const { name } = team;
  const remove = async () => {
    asking.value = undefined;
    try {
      await deleteTeam(team);
      await reloadQuota();
      toast(t('quota.deleted', { name }));
    } catch (error) {
      complain(error);
    }
  };
  return (
    <tr>
      <td>
        <b>{name}</b> {team.source === 'configuration' && <Chip>{t('source.configuration')}</Chip>}
      </td>
      <td class="num">{count(team.keys)}</td>
      <td>{limitWords(team.limits)}</td>
      <Spend name={name} use={team.use} limits={team.limits} />
      <td class="actions">
        {team.source === 'store' && (
          <>
            <Button
              kind="ghost"
              icon="edit"
              label={t('quota.edit', { name })}
              onClick={() => (asking.value = 'edit')}
            />
            <Button
              kind="ghost"
              icon="trash"
              label={t('quota.delete', { name })}
              onClick={() => (asking.value = 'delete')}
            />
          </>
        )}
        {asking.value === 'edit' && <TeamForm team={team} close={() => (asking.value = undefined)} />}
        {asking.value === 'delete' && (
          <Confirm
            title={t('quota.delete', { name })}
            text={t('quota.deleteTeamText')}
            action={t('app.delete')}
            no={() => (asking.value = undefined)}
            yes={() => void remove()}
          />
        )}
      </td>
    </tr>
  );
}

function TeamForm({ team, close }: { team?: Team; close: () => void }) {
  const name = useSignal(team?.name ?? '');
  const limits = useSignal(limitTexts(team?.limits));
  const problem = useSignal('');
  const submit = async () => {
    const terms = {
      name: name.value.trim(),
      limits: limitsOf(limits.value),
      metadata: team?.metadata ?? {},
    };
    try {
      await (team ? changeTeam(team, terms) : createTeam(terms));
      await reloadQuota();
      toast(t('quota.changed', { name: terms.name }));
      close();
    } catch (error) {
      problem.value = words(error);
    }
  };
  return (
    <Dialog
      title={team ? t('quota.edit', { name: team.name }) : t('quota.newTeam')}
      close={close}
      submit={() => void submit()}
      actions={
        <>
          <Button onClick={close}>{t('app.cancel')}</Button>
          <Button kind="primary" type="submit" disabled={name.value.trim() === ''}>
            {t(team ? 'app.save' : 'quota.create')}
          </Button>
        </>
      }
    >
      <Field label={t('quota.name')}>
        {id => (
          <input
            id={id}
            autocomplete="off"
            disabled={team !== undefined}
            value={name.value}
            onInput={e => (name.value = e.currentTarget.value)}
          />
        )}
      </Field>
      <LimitFields texts={limits} />
      {problem.value && (
        <p class="field-error" role="alert">
          {problem.value}
        </p>
      )}
    </Dialog>
  );
}
