import { useSignal } from '@preact/signals';
import { forkSession } from '../../api/sessions.ts';
import type { Payload, SessionRecord } from '../../api/types.ts';
import { models, patterns } from '../../app/data.ts';
import { go } from '../../app/routes.ts';
import { toast, words } from '../../app/toasts.tsx';
import { t } from '../../i18n/index.ts';
import { Button, Field, Select } from '../../ui/controls.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { SchemaForm } from '../../ui/SchemaForm.tsx';

/** A new session that takes over what came before a step, and goes on with whatever is changed here. */
export function ForkDialog({
  record,
  step,
  close,
}: {
  record: SessionRecord;
  step: number;
  close: () => void;
}) {
  const last = record.run_list.at(-1);
  const request = last?.request ?? {};
  const alias = useSignal(last?.model_alias ?? record.model_alias);
  const question = useSignal(request.user_query ?? '');
  const instruction = useSignal(request.client_system_instruction ?? '');
  const params = useSignal<Payload>(request.params ?? {});
  const problem = useSignal('');
  const busy = useSignal(false);
  const pattern = patterns.value.value?.find(one => one.name === (last?.pattern ?? record.pattern));
  const submit = async () => {
    busy.value = true;
    try {
      const session = await forkSession(record.id, {
        from_step: step,
        ...(alias.value === last?.model_alias ? {} : { model_alias: alias.value }),
        ...(question.value === request.user_query ? {} : { user_query: question.value }),
        ...(instruction.value === (request.client_system_instruction ?? '')
          ? {}
          : { client_system_instruction: instruction.value }),
        ...(JSON.stringify(params.value) === JSON.stringify(request.params ?? {})
          ? {}
          : { params: params.value }),
      });
      toast(t('sessions.forked', { step }));
      close();
      go('sessions', session);
    } catch (error) {
      problem.value = words(error);
    } finally {
      busy.value = false;
    }
  };
  const aliases = (models.value.value ?? []).filter(one => one.mode === 'chat').map(one => one.id);
  return (
    <Dialog
      title={t('sessions.forkTitle', { step })}
      close={close}
      submit={() => void submit()}
      actions={
        <>
          <Button onClick={close}>{t('app.cancel')}</Button>
          <Button kind="primary" type="submit" icon="fork" disabled={busy.value}>
            {t('sessions.fork')}
          </Button>
        </>
      }
    >
      <p>{t('sessions.forkText', { step })}</p>
      <Field label={t('sessions.alias')}>
        {id => (
          <Select
            id={id}
            value={alias.value}
            set={value => (alias.value = value)}
            options={[...new Set([alias.value, ...aliases])].map(one => [one, one])}
          />
        )}
      </Field>
      <Field label={t('run.question')}>
        {id => (
          <textarea
            id={id}
            rows={2}
            value={question.value}
            onInput={e => (question.value = e.currentTarget.value)}
          />
        )}
      </Field>
      <Field label={t('play.instruction')}>
        {id => (
          <textarea
            id={id}
            rows={3}
            value={instruction.value}
            onInput={e => (instruction.value = e.currentTarget.value)}
          />
        )}
      </Field>
      {pattern?.params?.properties && (
        <SchemaForm schema={pattern.params} values={params.value} set={value => (params.value = value)} />
      )}
      {problem.value && (
        <p class="field-error" role="alert">
          {problem.value}
        </p>
      )}
    </Dialog>
  );
}
