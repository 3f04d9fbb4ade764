import type { Minute } from '../../api/types.ts';
import { t } from '../../i18n/index.ts';

const WIDTH = 150;
const HEIGHT = 26;
const SPAN = 60;

/** The last hour, a bar a minute: calls that went well, and on top those that failed. */
export function Minutes({ minutes, name }: { minutes: Minute[]; name: string }) {
  const now = Math.floor(Date.now() / 60_000);
  const highest = Math.max(1, ...minutes.map(one => one.ok + one.failed));
  const width = WIDTH / SPAN;
  const ok = minutes.reduce((sum, one) => sum + one.ok, 0);
  const failed = minutes.reduce((sum, one) => sum + one.failed, 0);
  return (
    <svg
      class="minutes"
      width={WIDTH}
      height={HEIGHT}
      role="img"
      aria-label={t('health.minutes', { name, ok, failed })}
    >
      <line x1="0" y1={HEIGHT - 0.5} x2={WIDTH} y2={HEIGHT - 0.5} />
      {minutes.map(one => {
        const age = now - Math.floor(Date.parse(one.at) / 60_000);
        if (age < 0 || age >= SPAN) return null;
        const x = WIDTH - (age + 1) * width;
        const good = (one.ok / highest) * (HEIGHT - 2);
        const bad = (one.failed / highest) * (HEIGHT - 2);
        return (
          <g key={one.at}>
            <title>{`${new Date(one.at).toLocaleTimeString()}: ${one.ok} / ${one.failed}`}</title>
            {good > 0 && <rect class="ok" x={x} y={HEIGHT - good} width={width - 0.5} height={good} />}
            {bad > 0 && <rect class="bad" x={x} y={HEIGHT - good - bad} width={width - 0.5} height={bad} />}
          </g>
        );
      })}
    </svg>
  );
}
