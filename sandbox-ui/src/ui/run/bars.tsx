import { t } from '../../i18n/index.ts';
import { duration } from '../../lib/format.ts';
import type { Phase, Stretch, Turn } from '../../lib/run/turn.ts';
import { isOver } from '../../lib/run/turn.ts';

export const PHASES: readonly Phase[] = ['wait', 'think', 'tool', 'answer'];

const words = (s: Stretch) =>
  `${t(`phase.${s.phase}`)}${s.label ? ` ${s.label}` : ''}: ${duration(s.to - s.from)}`;

/** When a turn waited, thought, used tools and answered, on a scale that several share. */
export function TurnBar({ turn, name, span, now }: { turn: Turn; name: string; span: number; now: number }) {
  const begun = turn.begun.value;
  const end = begun + turn.elapsed(now);
  const stretches = turn.stretches.value.map((s, i, all) =>
    i === all.length - 1 && !isOver(turn.phase.value) ? { ...s, to: end } : s,
  );
  return (
    <div class="track" role="img" aria-label={`${name}: ${stretches.map(words).join(', ')}`}>
      {stretches.map((s, i) => (
        <Bar
          key={i}
          kind={s.failed ? 'bad' : s.phase}
          from={(s.from - begun) / span}
          width={(s.to - s.from) / span}
          title={words(s)}
        />
      ))}
    </div>
  );
}

interface BarProps {
  kind: string;
  /** Of the track's width. */
  from: number;
  width: number;
  title: string;
}

export const Bar = ({ kind, from, width, title }: BarProps) => (
  <span
    class={`stretch b-${kind}`}
    style={{ left: `${from * 100}%`, width: `${Math.max(0.3, width * 100)}%` }}
    title={title}
  />
);

export const Legend = () => (
  <div class="legend" aria-hidden="true">
    {PHASES.map(phase => (
      <span key={phase}>
        <i class={`stretch b-${phase}`} />
        {t(`phase.${phase}`)}
      </span>
    ))}
  </div>
);
