import { t } from '../../i18n/index.ts';
import type { Turn } from '../../lib/run/turn.ts';
import { isOver } from '../../lib/run/turn.ts';
import { TurnView } from '../../ui/run/TurnView.tsx';

/** Step by step, with what was thought, called and answered. */
export const Timeline = ({ turn, fork }: { turn: Turn; fork: (step: number) => void }) => (
  <section class="timeline" aria-label={t('sessions.timeline')}>
    <TurnView turn={turn} {...(isOver(turn.phase.value) ? { fork } : {})} />
  </section>
);
