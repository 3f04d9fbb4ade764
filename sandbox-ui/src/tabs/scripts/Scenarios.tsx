import { useSignal } from '@preact/signals';
import { runScenarios } from '../../api/scripts.ts';
import type { ScenarioReport } from '../../api/types.ts';
import { complain } from '../../app/toasts.tsx';
import { t } from '../../i18n/index.ts';
import { Button, Chip } from '../../ui/controls.tsx';
import { draft, kind } from './workbench.ts';

/** Runs the recorded scenarios with the text as it is written, saved or not: no model, no host, no key is used. */
export function Scenarios({ name }: { name: string }) {
  const report = useSignal<ScenarioReport | undefined>(undefined);
  const running = useSignal(false);
  const run = async () => {
    running.value = true;
    try {
      report.value = await runScenarios(
        kind.value,
        name,
        draft.dirty.value ? { content: draft.text.value } : {},
      );
    } catch (error) {
      report.value = undefined;
      complain(error);
    } finally {
      running.value = false;
    }
  };
  return (
    <section>
      <p class="dim">{t(kind.value === 'patterns' ? 'scripts.scenarioText' : 'scripts.toolScenarioText')}</p>
      <div class="row">
        <Button kind="primary" icon="play" disabled={running.value} onClick={() => void run()}>
          {t('scripts.runScenarios')}
        </Button>
        {running.value && <span class="spin" />}
      </div>
      {report.value && <Report report={report.value} />}
    </section>
  );
}

const Report = ({ report }: { report: ScenarioReport }) => (
  <div role="status">
    {report.problems.map(problem => (
      <pre key={problem} class="err" tabIndex={0} aria-label={t('edit.problems')}>
        {problem}
      </pre>
    ))}
    {report.results.map(result => (
      <details key={result.scenario} class="scenario" open={!result.passed}>
        <summary>
          <Chip tone={result.passed ? 'ok' : 'err'}>
            {t(result.passed ? 'scripts.passed' : 'scripts.failed')}
          </Chip>{' '}
          {result.scenario}
        </summary>
        {result.differences.map((difference, i) => (
          <pre key={i} class="err" tabIndex={0} aria-label={t('scripts.failed')}>
            {difference}
          </pre>
        ))}
        <pre tabIndex={0} aria-label={t('scripts.trace')}>
          {result.trace.join('\n')}
        </pre>
      </details>
    ))}
  </div>
);
