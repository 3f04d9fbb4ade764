import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { saveScript, templates, type ScriptKind } from '../../api/scripts.ts';
import type { Template } from '../../api/types.ts';
import { go } from '../../app/routes.ts';
import { complain, toast, words } from '../../app/toasts.tsx';
import { t } from '../../i18n/index.ts';
import { Button, Field } from '../../ui/controls.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { filesOf } from './workbench.ts';

const kindOf = (template: Template): ScriptKind => (template.kind === 'tool' ? 'tools' : 'patterns');

/** A new pattern or tool, begun with a template. */
export function NewFile({ close }: { close: () => void }) {
  const all = useSignal<Template[]>([]);
  const chosen = useSignal('');
  const name = useSignal('');
  const problem = useSignal('');
  const busy = useSignal(false);
  useEffect(() => {
    templates().then(found => {
      all.value = found;
      choose(found[0]);
    }, complain);
  }, []);
  const choose = (template: Template | undefined) => {
    chosen.value = template?.id ?? '';
    name.value = template?.file ?? '';
  };
  const template = all.value.find(one => one.id === chosen.value);
  const submit = async () => {
    if (!template) return;
    busy.value = true;
    const kind = kindOf(template);
    try {
      await saveScript(kind, name.value.trim(), template.content);
      await filesOf(kind).reload();
      toast(t('scripts.created', { file: name.value.trim() }));
      close();
      go('scripts', `${kind}/${name.value.trim()}`);
    } catch (error) {
      problem.value = words(error);
    } finally {
      busy.value = false;
    }
  };
  return (
    <Dialog
      title={t('scripts.new')}
      close={close}
      submit={() => void submit()}
      wide
      actions={
        <>
          <Button onClick={close}>{t('app.cancel')}</Button>
          <Button kind="primary" type="submit" disabled={busy.value || !template || name.value.trim() === ''}>
            {t('scripts.create')}
          </Button>
        </>
      }
    >
      <fieldset class="templates">
        <legend>{t('scripts.beginWith')}</legend>
        {all.value.map(one => (
          <label key={one.id} class={one.id === chosen.value ? 'on' : ''}>
            <input
              type="radio"
              name="template"
              checked={one.id === chosen.value}
              onChange={() => choose(one)}
            />
            <b>{one.title}</b>
            <small>
              {t(one.kind === 'tool' ? 'scripts.tool' : 'scripts.pattern')} · {one.language}
            </small>
            <span>{one.description}</span>
          </label>
        ))}
      </fieldset>
      <Field label={t('scripts.fileName')}>
        {id => (
          <input
            id={id}
            class="mono"
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
