import { useSignal } from '@preact/signals';
import { addKey } from '../../api/admin.ts';
import { pools } from '../../app/data.ts';
import { toast, words } from '../../app/toasts.tsx';
import { t } from '../../i18n/index.ts';
import { Button, Field } from '../../ui/controls.tsx';
import { Dialog } from '../../ui/Dialog.tsx';

/** A key goes to the pool's file at once; no answer ever shows it whole. */
export function AddKey({ pool, close }: { pool: string; close: () => void }) {
  const key = useSignal('');
  const weight = useSignal('');
  const rpm = useSignal('');
  const problem = useSignal('');
  const busy = useSignal(false);
  const submit = async () => {
    busy.value = true;
    try {
      await addKey(pool, {
        key: key.value.trim(),
        ...(weight.value ? { weight: Number(weight.value) } : {}),
        ...(rpm.value ? { rpm: Number(rpm.value) } : {}),
      });
      await pools.reload();
      toast(t('health.added', { pool }));
      close();
    } catch (error) {
      problem.value = words(error);
    } finally {
      busy.value = false;
    }
  };
  return (
    <Dialog
      title={t('health.addTo', { pool })}
      close={close}
      submit={() => void submit()}
      actions={
        <>
          <Button onClick={close}>{t('app.cancel')}</Button>
          <Button kind="primary" type="submit" disabled={busy.value || key.value.trim() === ''}>
            {t('config.add')}
          </Button>
        </>
      }
    >
      <Field label={t('login.key')} note={t('health.keyNote')}>
        {id => (
          <input
            id={id}
            type="password"
            autocomplete="off"
            value={key.value}
            onInput={e => (key.value = e.currentTarget.value)}
          />
        )}
      </Field>
      <Field label={t('health.weight')}>
        {id => (
          <input
            id={id}
            type="number"
            min={1}
            placeholder="1"
            value={weight.value}
            onInput={e => (weight.value = e.currentTarget.value)}
          />
        )}
      </Field>
      <Field label={t('health.rpm')}>
        {id => (
          <input
            id={id}
            type="number"
            min={1}
            value={rpm.value}
            onInput={e => (rpm.value = e.currentTarget.value)}
          />
        )}
      </Field>
      {problem.value && (
        <p class="field-error" role="alert">
          {problem.value}
        </p>
      )}
    </Dialog>
  );
}
