import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { cancelSession, startRun } from '../../api/sessions.ts';
import type { Payload, ScriptSummary } from '../../api/types.ts';
import { models } from '../../app/data.ts';
import { Followed } from '../../app/follow.ts';
import { href } from '../../app/routes.ts';
import { complain } from '../../app/toasts.tsx';
import { t } from '../../i18n/index.ts';
import { useClock } from '../../ui/clock.ts';
import { Button, Field, Select } from '../../ui/controls.tsx';
import { Metrics } from '../../ui/run/Metrics.tsx';
import { TurnView } from '../../ui/run/TurnView.tsx';
import { SchemaForm } from '../../ui/SchemaForm.tsx';
import { draft, problems, save } from './workbench.ts';

/** Runs the pattern beside its text. What is not saved yet is saved first: a run keeps the version that it began with. */
export function TryPattern({ script }: { script: ScriptSummary }) {
  const chats = (models.value.value ?? []).filter(one => one.mode === 'chat');
  const alias = useSignal('');
  const question = useSignal('');
  const params = useSignal<Payload>({});
  const followed = useSignal<Followed | undefined>(undefined);
  const chosen = alias.value || (chats.find(one => one.is_agent) ?? chats[0])?.id || '';
  const conversation = followed.value?.conversation;
  const running = conversation?.running.value ?? false;
  useEffect(() => () => followed.value?.stop(), []);
  const run = async () => {
    if (draft.dirty.value && !(await save())) return;
    try {
      const session = await startRun({
        model_alias: chosen,
        user_query: question.value,
        reasoning_mode: script.name,
        ...(Object.keys(params.value).length > 0 ? { params: params.value } : {}),
      });
      followed.value?.stop();
      followed.value = Followed.begun(session, '');
    } catch (error) {
      complain(error);
    }
  };
  const broken = problems.value.some(one => one.severity === 'error');
  return (
    <section>
      <form
        onSubmit={e => {
          e.preventDefault();
          void run();
        }}
      >
        <Field label={t('sessions.alias')}>
          {id => (
            <Select
              id={id}
              value={chosen}
              set={value => (alias.value = value)}
              options={chats.map(one => [one.id, one.id])}
            />
          )}
        </Field>
        {script.params?.properties && (
          <SchemaForm schema={script.params} values={params.value} set={values => (params.value = values)} />
        )}
        <Field label={t('run.question')}>
          {id => (
            <textarea
              id={id}
              rows={3}
              value={question.value}
              onInput={e => (question.value = e.currentTarget.value)}
              onKeyDown={e => {
                if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) void run();
              }}
            />
          )}
        </Field>
        <div class="row">
          {running && conversation ? (
            <Button
              kind="danger"
              icon="stop"
              onClick={() => void cancelSession(conversation.session).catch(complain)}
            >
              {t('play.stop')}
            </Button>
          ) : (
            <Button
              kind="primary"
              icon="play"
              type="submit"
              kbd="Ctrl ⏎"
              disabled={question.value.trim() === '' || broken || chosen === ''}
            >
              {t(draft.dirty.value ? 'scripts.saveAndTry' : 'scripts.tryIt')}
            </Button>
          )}
          {conversation && <a href={href('sessions', conversation.session)}>{t('sessions.one')}</a>}
        </div>
      </form>
      {conversation && <Tried followed={followed.value} />}
    </section>
  );
}

function Tried({ followed }: { followed: Followed | undefined }) {
  const turn = followed?.conversation.last.value;
  const now = useClock(followed?.conversation.running.value ?? false);
  if (!turn) return null;
  return (
    <div class="tried">
      <Metrics turn={turn} now={now} />
      <TurnView turn={turn} withQuestion={false} />
    </div>
  );
}
