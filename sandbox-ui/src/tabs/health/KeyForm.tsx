import { useSignal } from '@preact/signals';
import { changeVirtualKey, createVirtualKey, type VirtualKey } from '../../api/quota.ts';
import { models } from '../../app/data.ts';
import { toast, words } from '../../app/toasts.tsx';
import { t } from '../../i18n/index.ts';
import { Button, Field, Select } from '../../ui/controls.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { LimitFields, limitsOf, limitTexts } from './LimitFields.tsx';
import { reloadQuota, teams } from './quotaData.ts';

interface KeyFormProps {
  /** Absent: a new one. */
  one?: VirtualKey;
  close: () => void;
  made: (key: VirtualKey) => void;
}

export function KeyForm({ one, close, made }: KeyFormProps) {
  const name = useSignal(one?.name ?? '');
  const team = useSignal(one?.team ?? '');
  const aliases = useSignal((one?.aliases ?? []).join(', '));
  const expires = useSignal(one?.expires_at ?? '');
  const limits = useSignal(limitTexts(one?.limits));
  const problem = useSignal('');
  const busy = useSignal(false);
  const known = models.value.value ?? [];
  const submit = async () => {
    busy.value = true;
    problem.value = '';
    const terms = {
      name: name.value.trim(),
      team: team.value || null,
      aliases: aliases.value
        .split(/[,\s]+/)
        .map(alias => alias.trim())
        .filter(alias => alias !== ''),
      expires_at: expires.value.trim() || null,
      limits: limitsOf(limits.value),
      metadata: one?.metadata ?? {},
    };
    try {
      if (one) {
        await changeVirtualKey(one, terms);
        toast(t('quota.changed', { name: terms.name }));
        close();
      } else made(await createVirtualKey(terms));
      await reloadQuota();
    } catch (error) {
      problem.value = words(error);
    } finally {
      busy.value = false;
    }
  };
  return (
    <Dialog
      title={one ? t('quota.edit', { name: one.name }) : t('quota.newKey')}
      close={close}
      submit={() => void submit()}
      actions={
        <>
          <Button onClick={close}>{t('app.cancel')}</Button>
          <Button kind="primary" type="submit" disabled={busy.value || name.value.trim() === ''}>
            {t(one ? 'app.save' : 'quota.create')}
          </Button>
        </>
      }
    >
      <Field label={t('quota.name')}>
        {id => (
          <input
            id={id}
            autocomplete="off"
            value={name.value}
            onInput={e => (name.value = e.currentTarget.value)}
          />
        )}
      </Field>
      <Field label={t('quota.team')}>
        {id => (
          <Select
            id={id}
            value={team.value}
            set={value => (team.value = value)}
            options={[
              ['', t('quota.noTeam')],
              ...(teams.value.value ?? []).map(group => [group.name, group.name] as const),
            ]}
          />
        )}
      </Field>
      <Field label={t('quota.aliases')} note={t('quota.aliasesNote')}>
        {id => (
          <input
            id={id}
            autocomplete="off"
            placeholder={known
              .slice(0, 2)
              .map(model => model.id)
              .join(', ')}
            value={aliases.value}
            onInput={e => (aliases.value = e.currentTarget.value)}
          />
        )}
      </Field>
      <Field label={t('quota.expires')} note={t('quota.expiresNote')}>
        {id => (
          <input
            id={id}
            autocomplete="off"
            placeholder="30d"
            value={expires.value}
            onInput={e => (expires.value = e.currentTarget.value)}
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
