import { useSignal } from '@preact/signals';
import { isFailure, request } from '../../api/http.ts';
import type { Json, Payload, ScriptSummary } from '../../api/types.ts';
import { words } from '../../app/toasts.tsx';
import { t } from '../../i18n/index.ts';
import { duration, pretty } from '../../lib/format.ts';
import { Button } from '../../ui/controls.tsx';
import { SchemaForm } from '../../ui/SchemaForm.tsx';
import { draft, save } from './workbench.ts';

interface Result {
  text: string;
  failed: boolean;
  ms: number;
}

/** Calls the tool with arguments from a form, as any program may. */
export function TryTool({ script }: { script: ScriptSummary }) {
  const values = useSignal<Payload>({});
  const result = useSignal<Result | undefined>(undefined);
  const running = useSignal(false);
  const schema = script.parameters ?? {};
  const run = async () => {
    if (draft.dirty.value && !(await save())) return;
    running.value = true;
    const begun = performance.now();
    const done = (text: string, failed: boolean) =>
      (result.value = { text, failed, ms: performance.now() - begun });
    try {
      const { data } = await request<{ result: Json }>(`/tools/${encodeURIComponent(script.name)}`, {
        body: values.value,
      });
      done(pretty(data.result), false);
    } catch (error) {
      done(words(error) + (isFailure(error) && error.code ? ` (${error.code})` : ''), true);
    } finally {
      running.value = false;
    }
  };
  return (
    <section>
      <p class="dim">{script.description}</p>
      <form
        onSubmit={e => {
          e.preventDefault();
          void run();
        }}
      >
        <SchemaForm schema={schema} values={values.value} set={next => (values.value = next)} />
        <div class="row">
          <Button kind="primary" icon="play" type="submit" disabled={running.value}>
            {t(draft.dirty.value ? 'scripts.saveAndTry' : 'scripts.tryIt')}
          </Button>
          {running.value && <span class="spin" />}
        </div>
      </form>
      {result.value && (
        <div class="tool-call" role="status">
          <div class="tool-label">
            {t(result.value.failed ? 'run.toolError' : 'run.observation')} · {duration(result.value.ms)}
          </div>
          <pre tabIndex={0} class={result.value.failed ? 'err' : ''} aria-label={t('run.observation')}>
            {result.value.text}
          </pre>
        </div>
      )}
    </section>
  );
}
