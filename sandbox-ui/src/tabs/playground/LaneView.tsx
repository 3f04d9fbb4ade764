import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { href } from '../../app/routes.ts';
import { announce } from '../../app/toasts.tsx';
import { t } from '../../i18n/index.ts';
import { follow, type Following } from '../../lib/markdown/frames.ts';
import { useClock } from '../../ui/clock.ts';
import { Button } from '../../ui/controls.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { Skeleton } from '../../ui/Page.tsx';
import { Metrics } from '../../ui/run/Metrics.tsx';
import { TurnView } from '../../ui/run/TurnView.tsx';
import { laneNote, laneTitle, type Lane } from './race.ts';

interface LaneProps {
  lane: Lane;
  focused: boolean;
  hidden: boolean;
  focus: () => void;
}

export function LaneView({ lane, focused, hidden, focus }: LaneProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const following = useRef<Following | undefined>(undefined);
  const free = useSignal(false);
  useEffect(() => {
    if (!scroller.current) return;
    following.current = follow(scroller.current, value => (free.value = value));
    return () => following.current?.stop();
  }, []);
  const title = laneTitle(lane);
  const lost = lane.followed.value?.conversation.lost.value;
  return (
    <section class={`lane ${hidden ? 'hide' : ''}`} aria-label={title} aria-busy={lane.running}>
      <LaneHead lane={lane} focused={focused} focus={focus} />
      <div
        class="lane-body"
        ref={scroller}
        tabIndex={0}
        role="group"
        aria-label={t('play.output', { name: title })}
      >
        {lane.turns.map(turn => (
          <TurnView key={turn.number} turn={turn} />
        ))}
        {lane.sending.value && lane.turns.length === 0 && <Skeleton />}
        {(lane.refused.value || lost) && (
          <div class="alert err" role="alert">
            <Icon name="warn" />
            {lane.refused.value || lost}
          </div>
        )}
      </div>
      {free.value && (
        <button type="button" class="jump" onClick={() => following.current?.resume()}>
          {t('play.latest')}
        </button>
      )}
    </section>
  );
}

function LaneHead({ lane, focused, focus }: { lane: Lane; focused: boolean; focus: () => void }) {
  const title = laneTitle(lane);
  const turn = lane.last;
  const now = useClock(lane.running);
  const phase = turn?.phase.value ?? (lane.refused.value ? 'error' : 'wait');
  const session = lane.followed.value?.conversation.session;
  const copy = () => {
    const text = turn?.answer.text ?? '';
    void navigator.clipboard?.writeText(text).then(() => announce(t('play.copied')));
  };
  return (
    <header class="lane-head">
      <div class="lane-title">
        <h2>{title}</h2>
        <span class={`phase ${phase}`}>
          {lane.running && <span class="dot" />}
          {t(`phase.${phase}`)}
        </span>
        <span class="grow" />
        <Button kind="ghost" icon="copy" label={t('play.copyAnswer', { name: title })} onClick={copy} />
        {session && (
          <a
            class="btn ghost"
            href={href('sessions', session)}
            aria-label={t('play.openSession', { name: title })}
            title={t('play.openSession', { name: title })}
          >
            <Icon name="trace" size={15} />
          </a>
        )}
        <Button
          kind="ghost"
          icon="expand"
          label={t('play.focus', { name: title })}
          pressed={focused}
          onClick={focus}
        />
      </div>
      <div class="lane-note">{laneNote(lane)}</div>
      {turn && <Metrics turn={turn} now={now} />}
    </header>
  );
}
