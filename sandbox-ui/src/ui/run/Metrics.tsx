import { t } from '../../i18n/index.ts';
import { count, duration, money } from '../../lib/format.ts';
import { isOver, type Turn } from '../../lib/run/turn.ts';

/** What a turn has taken until now. Tokens are known exactly when it has ended; until then four characters are one. */
export function Metrics({ turn, now }: { turn: Turn; now: number }) {
  const totals = turn.totals.value;
  const elapsed = turn.elapsed(now);
  const first = turn.firstText.value && turn.firstText.value - turn.begun.value;
  const guessed = Math.round(turn.shown / 4);
  const tokens = totals?.completion || (isOver(turn.phase.value) ? 0 : guessed);
  const speaking = first === undefined ? 0 : elapsed - first;
  const rate = speaking > 200 ? tokens / (speaking / 1000) : 0;
  const about = totals === undefined || totals.estimated ? '≈ ' : '';
  return (
    <dl class="metrics">
      <Metric name={t('run.first')} value={duration(first)} />
      <Metric name={t('run.total')} value={duration(elapsed)} />
      <Metric
        name={t('run.tokens')}
        value={totals ? `${count(totals.prompt)} → ${about}${count(tokens)}` : `${about}${count(tokens)}`}
      />
      <Metric name={t('run.speed')} value={rate > 0 ? t('run.perSecond', { n: Math.round(rate) }) : '–'} />
      <Metric name={t('run.cost')} value={money(totals?.cost)} />
    </dl>
  );
}

export const Metric = ({ name, value }: { name: string; value: string }) => (
  <div>
    <dt>{name}</dt>
    <dd>{value}</dd>
  </div>
);
