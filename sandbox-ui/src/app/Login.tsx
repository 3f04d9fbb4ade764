import { useSignal } from '@preact/signals';
import { logIn } from '../api/admin.ts';
import { t } from '../i18n/index.ts';
import { Button, Field } from '../ui/controls.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { epoch, loginChanged } from './channel.ts';
import { words } from './toasts.tsx';
import { who } from './who.ts';

/** Asks for the gateway's key. It is sent once and kept nowhere: the login is a cookie that scripts can't read. */
export function Login() {
  const key = useSignal('');
  const problem = useSignal('');
  const busy = useSignal(false);
  const submit = async () => {
    busy.value = true;
    try {
      who.value = await logIn(key.value.trim());
      epoch.value++;
      loginChanged();
    } catch (error) {
      problem.value = words(error);
      key.value = '';
    } finally {
      busy.value = false;
    }
  };
  return (
    <Dialog
      title={t('login.title')}
      submit={() => void submit()}
      actions={
        <Button kind="primary" type="submit" disabled={busy.value || key.value.trim() === ''}>
          {t('login.in')}
        </Button>
      }
    >
      <p>{t('login.text')}</p>
      <Field label={t('login.key')}>
        {id => (
          <input
            id={id}
            type="password"
            autocomplete="current-password"
            value={key.value}
            onInput={e => (key.value = e.currentTarget.value)}
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
