import type { RunRecord } from '../../api/types.ts';
import { t } from '../../i18n/index.ts';
import { count, short, time } from '../../lib/format.ts';
import type { Turn } from '../../lib/run/turn.ts';
import { isOver } from '../../lib/run/turn.ts';
import { useClock } from '../../ui/clock.ts';
import { TurnBar } from '../../ui/run/bars.tsx';
import { Metric, Metrics } from '../../ui/run/Metrics.tsx';

/** A run in a few figures and one bar. */
export function RunSummary({ turn, run }: { turn: Turn; run: RunRecord | undefined }) {
  const now = useClock(!isOver(turn.phase.value));
  const calls = turn.calls.value;
  const failovers = calls.filter(call => call.attempts > 1 || call.fallbacks > 0).length;
  const span = Math.max(1, turn.elapsed(now));
  return (
    <div class="run-summary">
      <div class="summary-line">
        <dl class="metrics">
          <Metric name={t('sessions.alias')} value={run?.model_alias ?? '–'} />
          <Metric
            name={t('play.pattern')}
            value={[turn.pattern.value, short(turn.version.value)].filter(Boolean).join(' · ') || '–'}
          />
          <Metric name={t('sessions.begun')} value={run ? time(run.created_at) : '–'} />
          <Metric name={t('sessions.steps')} value={count(turn.steps.value.length)} />
          <Metric name={t('sessions.modelCalls')} value={count(calls.length)} />
          <Metric name={t('sessions.failovers')} value={count(failovers)} />
        </dl>
        <Metrics turn={turn} now={now} />
      </div>
      <TurnBar turn={turn} name={t('sessions.run')} span={span} now={now} />
    </div>
  );
}
