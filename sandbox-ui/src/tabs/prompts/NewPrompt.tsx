import { useSignal } from '@preact/signals';
import { go } from '../../app/routes.ts';
import { words } from '../../app/toasts.tsx';
import { t } from '../../i18n/index.ts';
import { Button, Field, Segmented } from '../../ui/controls.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { create } from './shelf.ts';

export function NewPrompt({ close }: { close: () => void }) {
  const folder = useSignal<'prompts' | 'manifests'>('prompts');
  const name = useSignal('');
  const problem = useSignal('');
  const submit = async () => {
    const file = name.value.trim();
    const path = `${folder.value}/${/\.(md|txt)$/.test(file) ? file : `${file}.md`}`;
    try {
      await create(path);
      close();
      go('prompts', path);
    } catch (error) {
      problem.value = words(error);
    }
  };
  return (
    <Dialog
      title={t('prompts.new')}
      close={close}
      submit={() => void submit()}
      actions={
        <>
          <Button onClick={close}>{t('app.cancel')}</Button>
          <Button kind="primary" type="submit" disabled={name.value.trim() === ''}>
            {t('scripts.create')}
          </Button>
        </>
      }
    >
      <Segmented
        label={t('prompts.kind')}
        value={folder.value}
        set={value => (folder.value = value)}
        options={[
          ['prompts', t('prompts.prompt')],
          ['manifests', t('prompts.manifest')],
        ]}
      />
      <Field label={t('scripts.fileName')}>
        {id => (
          <input
            id={id}
            class="mono"
            placeholder="house_style.md"
            value={name.value}
            onInput={e => (name.value = e.currentTarget.value)}
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
