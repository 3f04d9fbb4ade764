import { t } from '../../i18n/index.ts';
import { duration } from '../../lib/format.ts';
import { useClock } from '../../ui/clock.ts';
import { Legend, TurnBar } from '../../ui/run/bars.tsx';
import { laneTitle, lanes, running, span } from './race.ts';

/** All lanes on one scale of time. */
export function Race() {
  const now = useClock(running.value);
  const scale = span(now);
  return (
    <section class="race" aria-label={t('play.race')}>
      <div class="race-rows">
        {lanes.value.map((lane, i) => (
          <div class="race-row" key={i}>
            <span class="race-name">{laneTitle(lane)}</span>
            {lane.last ? (
              <TurnBar turn={lane.last} name={laneTitle(lane)} span={scale} now={now} />
            ) : (
              <div class="track" />
            )}
            <span class="race-ms">{duration(lane.last?.elapsed(now))}</span>
          </div>
        ))}
      </div>
      <Legend />
    </section>
  );
}
