import { useSignal } from '@preact/signals';
import { providers } from '../../app/data.ts';
import { t } from '../../i18n/index.ts';
import { addItem } from '../../lib/yaml/edits.ts';
import { Button, Field, Select } from '../../ui/controls.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { edit } from './document.ts';

/** A new profile; any server of OpenAI's format too, by its address and a pool of keys of its own. */
export function AddModel({ close }: { close: () => void }) {
  const known = providers.value.value ?? [];
  const provider = useSignal(known[0]?.id ?? 'openai');
  const name = useSignal('');
  const model = useSignal('');
  const address = useSignal('');
  const pool = useSignal('');
  const chosen = known.find(one => one.id === provider.value);
  const submit = () => {
    const own = address.value.trim();
    edit(text =>
      addItem(text, ['model_list'], {
        model_name: name.value.trim(),
        provider: provider.value,
        ...(pool.value.trim() ? { key_pool: pool.value.trim() } : {}),
        model_params: { model: model.value.trim(), ...(own ? { api_base: own } : {}) },
      }),
    );
    close();
  };
  const needsPool = address.value.trim() !== '' && chosen?.needs_key !== 'none' && chosen?.id !== 'local';
  const incomplete =
    name.value.trim() === '' || model.value.trim() === '' || (needsPool && pool.value.trim() === '');
  return (
    <Dialog
      title={t('config.addModel')}
      close={close}
      submit={submit}
      actions={
        <>
          <Button onClick={close}>{t('app.cancel')}</Button>
          <Button kind="primary" type="submit" disabled={incomplete}>
            {t('config.add')}
          </Button>
        </>
      }
    >
      <Field label={t('config.provider')} note={t('config.providerNote')}>
        {id => (
          <Select
            id={id}
            value={provider.value}
            set={value => (provider.value = value)}
            options={known.map(one => [one.id, one.id])}
          />
        )}
      </Field>
      <Field label={t('config.name')} note={t('config.nameNote')}>
        {id => (
          <input
            id={id}
            class="mono"
            value={name.value}
            onInput={e => (name.value = e.currentTarget.value)}
          />
        )}
      </Field>
      <Field label={t('config.model')} note={t('config.modelNote')}>
        {id => (
          <>
            <input
              id={id}
              class="mono"
              list={`${id}l`}
              value={model.value}
              onInput={e => (model.value = e.currentTarget.value)}
            />
            <datalist id={`${id}l`}>
              {chosen?.models.map(one => (
                <option key={one.model} value={one.model} />
              ))}
            </datalist>
          </>
        )}
      </Field>
      <Field label={t('config.address')} note={t('config.addressNote')}>
        {id => (
          <input
            id={id}
            class="mono"
            placeholder={chosen?.api_base ?? 'https://…/v1'}
            value={address.value}
            onInput={e => (address.value = e.currentTarget.value)}
          />
        )}
      </Field>
      <Field label={t('config.pool')} note={t('config.poolNote')}>
        {id => (
          <input
            id={id}
            class="mono"
            value={pool.value}
            onInput={e => (pool.value = e.currentTarget.value)}
          />
        )}
      </Field>
    </Dialog>
  );
}
