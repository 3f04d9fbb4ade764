import { useSignal } from '@preact/signals';
import { t } from '../../i18n/index.ts';
import { Button, Field } from '../../ui/controls.tsx';
import { Dialog } from '../../ui/Dialog.tsx';

/** The one time that a secret is shown; it lives in this dialog only. */
export function Secret({ name, secret, close }: { name: string; secret: string; close: () => void }) {
  const copied = useSignal(false);
  const copy = async () => {
    await navigator.clipboard.writeText(secret);
    copied.value = true;
  };
  return (
    <Dialog
      title={t('quota.secretTitle', { name })}
      submit={close}
      actions={
        <>
          <Button icon="copy" onClick={() => void copy()}>
            {t(copied.value ? 'quota.copied' : 'quota.copy')}
          </Button>
          <Button kind="primary" type="submit">
            {t('quota.stored')}
          </Button>
        </>
      }
    >
      <p>{t('quota.secretText')}</p>
      <Field label={t('login.key')}>
        {id => (
          <input
            id={id}
            class="mono"
            readOnly
            autocomplete="off"
            value={secret}
            onFocus={e => e.currentTarget.select()}
          />
        )}
      </Field>
    </Dialog>
  );
}
